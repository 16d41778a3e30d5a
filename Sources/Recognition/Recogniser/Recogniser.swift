import Features
import Networks
import Tensors

/// Recognises the emotion of recordings with a trained model.
///
///     let recogniser = Recogniser(try Model(path: "emodb.safetensors"))
///     let prediction = try recogniser.predict(path: "call.mp3", timeline: Timeline())
///     print(prediction.label, prediction.confidence)
///
/// A recording is read, and its features and posteriors are computed, in chunks: memory does not grow with its length, but for the
/// segments of a timeline. With the normalisations `utterance` and `speaker` it is read twice, first for its own statistics, which at
/// recognition stand for the speaker's.
public struct Recogniser: Sendable {
    public let model: Model
    public var interruption = Interruption()

    public init(_ model: Model) {
        self.model = model
    }

    /// Frames that are read at a time.
    private static let chunk = PosteriorStream.chunk

    /// - Parameters:
    ///   - path: a file in any format that `AudioReader` reads.
    ///   - timeline: also decides for each of its segments.
    /// - Throws: `FeatureError` where the file cannot be read or has no speech to judge, `RecogniserError`.
    public func predict(path: String, timeline: Timeline? = nil) throws -> Prediction {
        let options = model.recipe.features
        let normaliser = try normaliser(path: path)
        var posteriors = PosteriorStream(model.network)
        var whole = Pooling(model.recipe.decision, classes: model.labels.count)
        var segments = timeline.map { SegmentPooling($0, model) }
        var stream = try FeatureStream(path: path, options: options)
        while true {
            try interruption.check()
            var frames = try stream.next(maximumFrames: Self.chunk)
            guard frames.rows > 0 else { break }
            normaliser?.apply(to: &frames)
            let logs = posteriors.push(frames)
            whole.add(logs)
            segments?.add(logs)
        }
        let rest = posteriors.finish()
        whole.add(rest)
        segments?.add(rest)
        let duration = Double(stream.sampleCount) / Double(options.sampleRate)
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
            var stream = try FeatureStream(path: path, options: model.recipe.features)
            while true {
                try interruption.check()
                let frames = try stream.next(maximumFrames: Self.chunk)
                guard frames.rows > 0 else { return Normaliser(statistics) }
                statistics.add(frames)
            }
        }
    }
}

extension Model {
    /// The class that pooled frames decide for, its probability, and that of every class.
    func decision(of pooling: Pooling) -> (label: String, confidence: Double, probabilities: [ClassProbability]) {
        let probabilities = pooling.probabilities
        let decided = pooling.decided
        return (
            labels.labels[decided], probabilities[decided],
            zip(labels.labels, probabilities).map { ClassProbability(label: $0, probability: $1) }
        )
    }
}

/// Why a recording that can be read is not recognised.
public enum RecogniserError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The network's outputs are infinite or no numbers.
    case notFinite(file: String)

    public var description: String {
        switch self {
        case .notFinite(let file):
            "\(file): the model's outputs for it are no numbers, so its weights are of no use. Train the model anew, with a lower learning rate."
        }
    }
}
