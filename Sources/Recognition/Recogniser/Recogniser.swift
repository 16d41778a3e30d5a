import StimmungAudio
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Recognises the emotion of recordings with a trained model.
///
///     let recogniser = try Recogniser(Model(contentsOf: "emodb.safetensors"))
///     let prediction = try recogniser.predict(path: "call.mp3", timeline: Timeline())
///     print(prediction.label ?? "no speech")
///
/// Recordings are processed in chunks: memory does not grow with their length, except for the segments of a timeline. If the recipe normalises
/// recordings to a peak, those of more than a minute are read twice. With the normalisations `utterance` and `speaker`, a recording is read once
/// more for its own statistics, which replace the speaker's. Models of functionals support neither.
public struct Recogniser: Sendable {
    /// The model, adapted to the source and the voice if there are any.
    public private(set) var model: Model
    /// The same without the voice.
    private(set) var general: Model
    /// Cancels predictions, which then throw `Cancelled`. Copies of the recogniser share it.
    public var cancellation = Cancellation()
    /// Recognisers for the recordings of some folders, by their paths: those of a person whose voice is known.
    package var ofFolders: [String: Recogniser] = [:]
    /// One per network of the model: those for any voice, then those for known voices.
    let memories: [NetworkMemories]
    /// Computes the model's features. With functionals, frames are classified second by second.
    let frontEnd: FrontEnd

    /// A recogniser with the given model.
    ///
    /// - Throws: `FeatureError.option` if the feature options of the model are invalid.
    public init(_ model: Model) throws(FeatureError) {
        self.model = model
        general = model
        frontEnd = try FrontEnd(model.recipe.features)
        memories = (0..<model.ensemble.networks.count + (model.voiceNetworks?.count ?? 0)).map { _ in NetworkMemories() }
    }

    init(adapting other: Recogniser, to voice: Voice) throws(VoiceError) {
        general = other.general
        model = try general.adapted(to: voice)
        frontEnd = other.frontEnd
        memories = other.memories
        cancellation = other.cancellation
    }

    init(adapting other: Recogniser, to source: Source) throws {
        let adapted = try other.general.adapted(to: source)
        general = adapted
        model = try other.model.voice.map { try adapted.adapted(to: $0) } ?? adapted
        frontEnd = other.frontEnd
        memories = other.memories
        cancellation = other.cancellation
        ofFolders = try other.ofFolders.mapValues { try $0.adapting(to: source) }
    }

    /// The same recogniser with another rule of rejection, also for folders.
    func with(_ rejection: Rejection) -> Recogniser {
        var recogniser = self
        recogniser.model.rejection = rejection
        recogniser.general.rejection = rejection
        recogniser.ofFolders = ofFolders.mapValues { $0.with(rejection) }
        return recogniser
    }

    /// Frames that are read at a time.
    static let chunk = PosteriorStream.chunk

    /// Recognises a recording on the calling thread.
    ///
    /// - Parameters:
    ///   - path: a file in any format that `AudioReader` reads.
    ///   - timeline: how to cut the recording into segments; nil for one decision only.
    /// - Throws: `FeatureError` for a file that cannot be read, is too short or silent; `RecogniserError`.
    public func predict(path: String, timeline: Timeline? = nil) throws -> Prediction {
        try predict(AudioSegment(path: path), timeline: timeline)
    }

    /// Recognises a recording, one channel of it, or a part of it, on the calling thread.
    ///
    ///     let caller = try recogniser.predict(AudioSegment(path: "call.wav", channel: .channel(2)))
    ///
    /// - Parameters:
    ///   - recording: the file, its channel, start and end. The times of a timeline count from the start.
    ///   - timeline: how to cut the recording into segments; nil for one decision only.
    /// - Throws: `FeatureError` for a file that cannot be read, is too short or silent; `RecogniserError`.
    public func predict(_ recording: AudioSegment, timeline: Timeline? = nil) throws -> Prediction {
        if var own = ofFolders[folder(of: recording.path)] {
            own.cancellation = cancellation
            return try own.predict(recording, timeline: timeline)
        }
        if model.recipe.speech == .detected { return try predictSpeech(recording, timeline) }
        let segments = timeline.map { SegmentPooling($0, model) }
        if let functionals = frontEnd.functionals { return try predictByFunctionals(recording, segments, functionals) }
        var stream = try open(recording, frontEnd)
        return try predictByFrames(recording, segments, after: [], &stream)
    }

    /// Facts about a recording that has been read to its end.
    struct Facts {
        /// At the rate of the features.
        let samples: Int
        let warnings: [RecordingWarning]
    }

    /// - Parameters:
    ///   - begun: frames that have been read from the stream.
    ///   - stream: gives the other frames.
    func predictByFrames(
        _ recording: AudioSegment, _ segments: SegmentPooling?, after begun: [Matrix], _ stream: inout FeatureStream
    ) throws -> Prediction {
        var segments = segments
        let normaliser = try normaliser(of: recording)
        var posteriors = EnsembleStream(model.ensemble)
        var whole = model.pooling
        func take(_ frames: inout Matrix) {
            normaliser?.apply(to: &frames)
            let logs = posteriors.push(frames)
            whole.add(logs)
            segments?.add(logs)
        }
        for var frames in begun { take(&frames) }
        let facts = try read(&stream, take)
        let rest = posteriors.finish()
        whole.add(rest)
        segments?.add(rest)
        return try prediction(recording, whole, segments, facts)
    }

    private func predictByFunctionals(
        _ recording: AudioSegment, _ segments: SegmentPooling?, _ functionals: Functionals
    ) throws -> Prediction {
        let path = recording.path
        guard model.recipe.normalisation.isImmediate else { throw RecogniserError.needsOtherRecordings(file: path) }
        var segments = segments
        var posteriors = FunctionalsPosteriors(model, functionals, memories)
        let facts = try read(recording, frontEnd.ofFrames) { try posteriors.push($0) }
        let needed = model.recipe.features.samplesNeeded
        guard facts.samples >= needed else { throw FeatureError.tooShort(file: path, samples: facts.samples, needed: needed) }
        try posteriors.finish()
        var whole = model.pooling
        try posteriors.addWhole(to: &whole)
        if var pooling = segments {
            try posteriors.addFrames(to: &pooling)
            segments = pooling
        }
        return try prediction(recording, whole, segments, facts)
    }

    /// Opens a recording, unless the work is cancelled: opening one may start a program.
    func open(_ recording: AudioSegment, _ frontEnd: FrontEnd) throws -> FeatureStream {
        try cancellation.check()
        return try FeatureStream(recording, by: frontEnd, cancellation: cancellation)
    }

    /// Calls `body` with the recording's frames, chunk by chunk.
    private func read(_ recording: AudioSegment, _ frontEnd: FrontEnd, _ body: (inout Matrix) throws -> Void) throws -> Facts {
        var stream = try open(recording, frontEnd)
        return try read(&stream, body)
    }

    private func read(_ stream: inout FeatureStream, _ body: (inout Matrix) throws -> Void) throws -> Facts {
        while true {
            var frames = try stream.next(maximumFrames: Self.chunk)
            guard frames.rows > 0 else { return Facts(samples: stream.sampleCount, warnings: stream.warnings) }
            try body(&frames)
        }
    }

    func prediction(_ recording: AudioSegment, _ whole: Pooling, _ segments: SegmentPooling?, _ facts: Facts) throws -> Prediction {
        var segments = segments
        let duration = Double(facts.samples) / Double(model.recipe.features.sampleRate)
        let decided = model.decision(of: whole)
        guard decided.confidence.isFinite else { throw RecogniserError.notFinite(file: recording.path) }
        return Prediction(
            file: recording.path, label: decided.label, confidence: decided.confidence, probabilities: decided.probabilities,
            familiarity: decided.familiarity,
            segments: segments?.finish(duration: duration), duration: duration, warnings: facts.warnings)
    }

    /// The normaliser of the model, or of the recording itself.
    private func normaliser(of recording: AudioSegment) throws -> Normaliser? {
        switch model.recipe.normalisation {
        case .none: return nil
        case .train, .corpus: return model.normaliser
        case .utterance, .speaker:
            var statistics = FeatureStatistics(width: model.recipe.features.width)
            _ = try read(recording, frontEnd) { statistics.add($0) }
            return Normaliser(statistics)
        }
    }
}
