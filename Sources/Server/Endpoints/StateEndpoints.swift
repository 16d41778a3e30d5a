#if Server
import Hummingbird
import HummingbirdCore
import Stimmung
import StimmungSupport

/// What the server has and how it is: `/v1/models`, `/health`, `/metrics`.
struct StateEndpoints {
    let service: Service

    func models(_ request: Request) throws -> Response {
        _ = try Query(request, allowed: [])
        let models = service.models.entries.enumerated().map { index, entry in
            let (model, card) = (entry.recogniser.model, entry.recogniser.model.card)
            return "{\"name\": \(entry.name.jsonQuoted), \"default\": \(index == 0), "
                + "\"labels\": [\(model.labels.map(\.jsonQuoted).joined(separator: ", "))], \"corpus\": \(card.corpus.jsonQuoted), "
                + "\"recipe\": \(model.recipe.name.jsonQuoted), \"utterances\": \(card.utterances), \"speakers\": \(card.speakers), "
                + "\"hasFamiliarity\": \(model.familiarity != nil)}"
        }
        return Response("{\"models\": [\(models.joined(separator: ", "))]}\n")
    }

    /// The process answers.
    func live(_ request: Request) throws -> Response {
        _ = try Query(request, allowed: [])
        return Response("{\"status\": \"ok\"}\n")
    }

    /// Recordings are accepted: the server is neither starting nor going down, and its queue is not full.
    func ready(_ request: Request) throws -> Response {
        _ = try Query(request, allowed: [])
        let isReady = service.isReady.withLock { $0 } && !service.pool.isFull
        return Response("{\"status\": \"\(isReady ? "ok" : "unavailable")\"}\n", status: isReady ? .ok : .serviceUnavailable)
    }

    func metrics(_ request: Request) throws -> Response {
        _ = try Query(request, allowed: [])
        return Response(service.metrics.text(of: service), type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
#endif
