import StimmungAudio
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Recognises the emotion of recordings with a trained model.
///
///     let recogniser = try Recogniser(Model(contentsOf: "emodb.safetensors"))
///     let prediction = try recogniser.predict(path: "call.mp3", timeline: Timeline())
///     print(prediction.label, prediction.confidence)
///
/// A recording is read, and its features and posteriors are computed, in chunks: memory does not grow with its length, but for the
/// segments of a timeline. Where the recipe brings recordings to a peak, one of more than a minute is read before for it. With the normalisations
/// `utterance` and `speaker` it is read once more, first for its own statistics, which at recognition stand for the speaker's; models of functionals have neither.
public struct Recogniser: Sendable {
    /// The model.
    public let model: Model
    /// Stops predictions: once a stop is requested, they throw `Cancelled`. Copies of the recogniser share it.
    public var cancellation = Cancellation()
    /// Of each network of the model.
    let memories: [NetworkMemories]
    /// What computes the model's features; with functionals its frames are judged second by second.
    let frontEnd: FrontEnd

    /// A recogniser with the given model.
    ///
    /// - Throws: `FeatureError.option` if the feature options of the model are invalid.
    public init(_ model: Model) throws(FeatureError) {
        self.model = model
        frontEnd = try FrontEnd(model.recipe.features)
        memories = model.ensemble.networks.map { _ in NetworkMemories() }
    }

    /// Frames that are read at a time.
    static let chunk = PosteriorStream.chunk

    /// Recognises a recording on the calling thread.
    ///
    /// - Parameters:
    ///   - path: a file in any format that `AudioReader` reads.
    ///   - timeline: how to cut the recording into segments; nil for one decision only.
    /// - Throws: `FeatureError` where the file cannot be read or has no speech to judge, `RecogniserError`.
    public func predict(path: String, timeline: Timeline? = nil) throws -> Prediction {
        let segments = timeline.map { SegmentPooling($0, model) }
        guard let functionals = frontEnd.functionals else { return try predictByFrames(path, segments) }
        return try predictByFunctionals(path, segments, functionals)
    }

    private func predictByFrames(_ path: String, _ segments: SegmentPooling?) throws -> Prediction {
        var stream = try open(path, frontEnd)
        return try predictByFrames(path, segments, after: [], &stream)
    }

    /// - Parameters:
    ///   - begun: frames that have been read from the stream.
    ///   - stream: gives the other frames.
    func predictByFrames(_ path: String, _ segments: SegmentPooling?, after begun: [Matrix], _ stream: inout FeatureStream) throws
        -> Prediction
    {
        var segments = segments
        let normaliser = try normaliser(path: path)
        var posteriors = EnsembleStream(model.ensemble)
        var whole = model.pooling
        func take(_ frames: inout Matrix) {
            normaliser?.apply(to: &frames)
            let logs = posteriors.push(frames)
            whole.add(logs)
            segments?.add(logs)
        }
        for var frames in begun { take(&frames) }
        let samples = try read(&stream, take)
        let rest = posteriors.finish()
        whole.add(rest)
        segments?.add(rest)
        return try prediction(path, whole, segments, samples: samples)
    }

    private func predictByFunctionals(_ path: String, _ segments: SegmentPooling?, _ functionals: Functionals) throws -> Prediction {
        guard [.none, .train].contains(model.recipe.normalisation) else { throw RecogniserError.needsOtherRecordings(file: path) }
        var segments = segments
        var posteriors = FunctionalsPosteriors(model, functionals)
        let samples = try read(path, frontEnd.ofFrames) { try posteriors.push($0) }
        let needed = model.recipe.features.samplesNeeded
        guard samples >= needed else { throw FeatureError.tooShort(file: path, samples: samples, needed: needed) }
        try posteriors.finish()
        var whole = model.pooling
        whole.add(try posteriors.whole())
        if segments != nil { segments?.add(try posteriors.frames()) }
        return try prediction(path, whole, segments, samples: samples)
    }

    /// Opens a recording; a wish to stop ends the search for its peak, and is thrown.
    func open(_ path: String, _ frontEnd: FrontEnd) throws -> FeatureStream {
        let stream = try FeatureStream(AudioSegment(path: path), by: frontEnd, cancellation: cancellation)
        try cancellation.check()
        return stream
    }

    /// Calls `body` with the recording's frames, chunk by chunk; returns the number of its samples, at the rate of the features.
    private func read(_ path: String, _ frontEnd: FrontEnd, _ body: (inout Matrix) throws -> Void) throws -> Int {
        var stream = try open(path, frontEnd)
        return try read(&stream, body)
    }

    private func read(_ stream: inout FeatureStream, _ body: (inout Matrix) throws -> Void) throws -> Int {
        while true {
            try cancellation.check()
            var frames = try stream.next(maximumFrames: Self.chunk)
            guard frames.rows > 0 else { return stream.sampleCount }
            try body(&frames)
        }
    }

    func prediction(_ path: String, _ whole: Pooling, _ segments: SegmentPooling?, samples: Int) throws -> Prediction {
        var segments = segments
        let duration = Double(samples) / Double(model.recipe.features.sampleRate)
        let (label, confidence, probabilities) = model.decision(of: whole)
        guard confidence.isFinite else { throw RecogniserError.notFinite(file: path) }
        return Prediction(
            file: path, label: label, confidence: confidence, probabilities: probabilities,
            segments: segments?.finish(duration: duration), duration: duration)
    }

    /// The normaliser of the model, or of the recording itself.
    private func normaliser(path: String) throws -> Normaliser? {
        switch model.recipe.normalisation {
        case .none: return nil
        case .train: return model.normaliser
        case .utterance, .speaker:
            var statistics = FeatureStatistics(width: model.recipe.features.width)
            _ = try read(path, frontEnd) { statistics.add($0) }
            return Normaliser(statistics)
        }
    }
}
