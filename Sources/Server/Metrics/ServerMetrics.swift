#if Server
import CoreMetrics

/// What a server counts.
struct ServerMetrics: Sendable {
    private let factory = PrometheusFactory(help: [
        "stimmung_requests_total": "Requests by route, method and status.",
        "stimmung_request_seconds": "Time from the head of a request to its response.",
        "stimmung_audio_seconds": "Length of the recordings that were recognised.",
        "stimmung_event_seconds": "Time from the arrival of live audio to its events.",
        "stimmung_sessions": "WebSocket sessions that are open.",
        "stimmung_recordings": "Recordings that wait or are being recognised.",
        "stimmung_upload_bytes": "Bytes of the recordings that are held.",
        "stimmung_voices": "Enrolled voices.",
    ])

    func request(route: String, method: String, status: Int, took: Duration) {
        Counter(
            label: "stimmung_requests", dimensions: [("route", route), ("method", method), ("status", "\(status)")], factory: factory
        ).increment()
        Timer(label: "stimmung_request_seconds", dimensions: [("route", route)], factory: factory).record(duration: took)
    }

    func audio(seconds: Double) { Recorder(label: "stimmung_audio_seconds", factory: factory).record(seconds) }

    func event(took: Duration) { Timer(label: "stimmung_event_seconds", factory: factory).record(duration: took) }

    /// Everything as text for Prometheus, with the present state of the service.
    func text(of service: Service) -> String {
        for (label, value) in [
            ("stimmung_sessions", service.sessions), ("stimmung_recordings", service.pool.accepted),
            ("stimmung_upload_bytes", service.budget.held), ("stimmung_voices", service.voices.all.count),
        ] {
            Meter(label: label, factory: factory).set(value)
        }
        return factory.text
    }
}
#endif
