#if Server
import Logging
import Stimmung
import Synchronization

/// What all connections share.
final class Service: Sendable {
    let limits: ServerLimits
    let models: ServedModels
    let voices: VoiceStore
    let sources: SourceStore
    let pool: WorkPool
    let budget: UploadBudget
    let memory = IdleMemory()
    let authorisation: Authorisation
    let access: Access
    let metrics: ServerMetrics
    let logger: Logger
    /// Whether requests are still accepted.
    let isReady = Mutex(false)
    private let sessionCount = Mutex(0)

    /// - Throws: `ServerError`.
    init(_ options: ServerOptions, models: ServedModels, logger: Logger) throws(ServerError) {
        limits = options.limits
        self.models = models
        self.logger = logger
        voices = try VoiceStore(folder: options.voices, limit: limits.voices) {
            logger.warning("a file in the folder of voices is not used: \($0)")
        }
        sources = SourceStore(limit: limits.sources)
        pool = WorkPool(threads: options.threads, queue: limits.queue, time: limits.workTime)
        budget = UploadBudget(limit: limits.bodies)
        authorisation = Authorisation(token: options.token)
        access = try Access(host: options.host, origins: options.allowedOrigins)
        metrics = ServerMetrics()
    }

    /// Sessions that are open.
    var sessions: Int { sessionCount.withLock { $0 } }

    /// Counts a session; returns false if there are too many.
    func beginSession() -> Bool {
        sessionCount.withLock {
            guard $0 < limits.sessions else { return false }
            $0 += 1
            return true
        }
    }

    func endSession() {
        sessionCount.withLock { $0 -= 1 }
        memory.used()
    }

    /// What a request recognises with.
    struct Request: Sendable {
        /// The name of a model; nil for the default.
        var model: String?
        /// The name of a voice; nil for none.
        var voice: String?
        /// The name of a source; nil for none.
        var source: String?
        /// The least confidence of a decision.
        var reject: Double?
    }

    /// The source that a request is for; nil for none.
    func sourceKey(_ request: Request) -> SourceStore.Key? {
        request.source.map { SourceStore.Key(model: request.model ?? models.defaultName, name: $0) }
    }

    /// The recogniser that a request asks for: adapted to what has been heard of the source so far, and then to the voice.
    ///
    /// - Throws: `Problem`, `SourceError`, `VoiceError`, `RecogniserError`.
    func recogniser(_ request: Request) throws -> Recogniser {
        guard var recogniser = models.recogniser(request.model) else {
            throw Problem(.notFound, "request.unknown-model", "There is no model of this name. GET /v1/models lists them.")
        }
        if let key = sourceKey(request) {
            guard VoiceStore.isName(key.name) else { throw Problem.badName("source") }
            let model = recogniser.model
            guard model.isAdaptable else {
                throw SourceError.notUsable(model: model.recipe.name, normalisation: model.recipe.normalisation.rawValue)
            }
            if let heard = sources[key] { recogniser = try recogniser.adapting(to: heard) }
        }
        if let voice = request.voice {
            guard let known = voices[voice] else {
                throw Problem(.notFound, "request.unknown-voice", "There is no voice of this name. GET /v1/voices lists them.")
            }
            recogniser = try recogniser.knowing(known)
        }
        return try request.reject.map { try recogniser.rejecting(below: $0) } ?? recogniser
    }
}
#endif
