#if Server
import Hummingbird
import HummingbirdCore
import Stimmung
import StimmungAudio
import StimmungSupport

/// `/v1/voices`: learns, lists and forgets voices.
struct VoicesEndpoint {
    let service: Service

    /// Learns a voice from one or more recordings.
    func enrol(_ request: Request) async throws -> Response {
        let query = try Query(request, allowed: ["name", "model"])
        guard let name = query["name"] else { throw Problem.badQuery("The query item name is missing: the name of the voice.") }
        guard VoiceStore.isName(name) else { throw Problem.badName("name") }
        let recogniser = try service.recogniser(Service.Request(model: query["model"]))
        let recordings = try await Upload(service: service).read(request, several: true)
        let longest = service.limits.duration
        let voice: Voice
        do {
            voice = try await service.pool.run { [service] cancellation in
                var recogniser = recogniser
                recogniser.cancellation = cancellation
                let segments = recordings.map { recording in
                    var segment = AudioSegment(path: recording.path)
                    segment.longest = longest
                    return segment
                }
                let voice = try recogniser.enrol(segments, workers: Workers(threads: 1))
                guard try service.voices.set(name, voice) else {
                    throw Problem(.conflict, "request.too-many-voices", "The server has as many voices as it can hold. Delete one first.")
                }
                return voice
            }
        } catch {
            // The longest paths first, since one may begin with another.
            let ordered = recordings.sorted { $0.path.count > $1.path.count }
            throw Problem(error) { sentence in ordered.reduce(sentence) { $1.naming($0) } } ?? error
        }
        return Response(json(name, voice) + "\n", status: .created, headers: [.location: "/v1/voices/\(name)"])
    }

    func list(_ request: Request) throws -> Response {
        _ = try Query(request, allowed: [])
        return Response("{\"voices\": [\(service.voices.all.map(json).joined(separator: ", "))]}\n")
    }

    func show(_ request: Request, _ name: String) throws -> Response {
        _ = try Query(request, allowed: [])
        guard let voice = service.voices[name] else { throw Self.unknown }
        return Response(json(name, voice) + "\n")
    }

    func remove(_ request: Request, _ name: String) async throws -> Response {
        _ = try Query(request, allowed: [])
        guard try await service.pool.runLive({ [service] in try service.voices.remove(name) }) else { throw Self.unknown }
        return Response(status: .noContent)
    }

    private static let unknown = Problem(.notFound, "request.unknown-voice", "There is no voice of this name. GET /v1/voices lists them.")

    private func json(_ name: String, _ voice: Voice) -> String {
        let models = service.models.entries.filter { (try? $0.recogniser.knowing(voice)) != nil }.map(\.name.jsonQuoted).joined(
            separator: ", ")
        let warnings = voice.warnings.map { "{\"message\": \($0.message.jsonQuoted)}" }.joined(separator: ", ")
        return
            "{\"name\": \(name.jsonQuoted), \"models\": [\(models)], \"stretches\": \(voice.stretches), \"seconds\": \(Decimal6.text(voice.seconds) ?? "null"), "
            + "\"share\": \(Decimal6.text(voice.share) ?? "null"), \"warnings\": [\(warnings)]}"
    }
}
#endif
