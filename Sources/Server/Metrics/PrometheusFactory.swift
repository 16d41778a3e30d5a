#if Server
import CoreMetrics
import Synchronization

/// Metrics that are kept in memory and exported as text for Prometheus.
///
/// Counters get the ending `_total`; recorders and timers are histograms, timers in seconds. Metrics are kept until the end of the process.
///
/// Source: Prometheus, *Exposition formats*, text format 0.0.4.
package final class PrometheusFactory: MetricsFactory, Sendable {
    private struct Key: Hashable {
        let name: String
        /// `{a="b"}`, or nothing.
        let labels: String
    }

    private struct Family {
        let kind: String
        var series: [(labels: [(String, String)], value: any Series)] = []
    }

    private struct State {
        var families: [String: Family] = [:]
        var known: [Key: any Series] = [:]
    }

    private let state = Mutex(State())
    private let help: [String: String]

    /// - Parameter help: a sentence for each metric, by its label.
    package init(help: [String: String] = [:]) { self.help = help }

    /// All metrics, in the order of their names.
    package var text: String {
        let families = state.withLock { $0.families }
        return families.sorted { $0.key < $1.key }.map { name, family in
            var text = help[name].map { "# HELP \(name) \(Self.escaped($0, quotes: false))\n" } ?? ""
            text += "# TYPE \(name) \(family.kind)\n"
            for entry in family.series { text += entry.value.lines(name: name, labels: entry.labels) }
            return text
        }.joined()
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(Self.name(label) + "_total", "counter", dimensions) { CounterSeries() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(Self.name(label), "histogram", dimensions) { HistogramSeries() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(Self.name(label), "histogram", dimensions) { HistogramSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(Self.name(label), "gauge", dimensions) { GaugeSeries() }
    }

    // Handlers are shared by all metrics of a name, so they stay.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}

    /// The series of this name and these labels; made on first use. One name has one kind.
    private func series<Made: Series>(_ name: String, _ kind: String, _ labels: [(String, String)], _ make: () -> Made) -> Made {
        state.withLock { state in
            let key = Key(name: name, labels: Self.text(of: labels))
            if let known = state.known[key] as? Made { return known }
            let made = make()
            state.known[key] = made
            state.families[name, default: Family(kind: kind)].series.append((labels, made))
            return made
        }
    }

    /// The label with characters that Prometheus does not allow replaced by `_`.
    private static func name(_ label: String) -> String {
        String(
            String.UnicodeScalarView(
                label.unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) ? $0 : "_" }))
    }

    static func text(of labels: [(String, String)]) -> String {
        labels.isEmpty ? "" : "{\(labels.map { "\(name($0.0))=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ","))}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let text = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? text.replacing("\"", with: "\\\"") : text
    }
}

/// The values of one metric with one set of labels.
protocol Series: AnyObject, Sendable {
    func lines(name: String, labels: [(String, String)]) -> String
}
#endif
