import StimmungSupport
import StimmungTensors

/// The data whose statistics standardise features to mean 0 and standard deviation 1 per column. Part of every published figure.
public enum Normalisation: String, Choice, Sendable {
    /// Features are not standardised.
    case none
    /// All training data.
    case train
    /// The recording itself.
    case utterance
    /// All recordings of the speaker, including test recordings (without their labels). With fewer than 20 rows (frames, or recordings for
    /// functionals), the statistics are mixed with those of the training data.
    case speaker
    /// All recordings of the corpus, including test recordings (without their labels): each of several corpora by its own statistics. A model keeps
    /// their mean over the training corpora.
    case corpus

    /// Whether a model keeps statistics of its training data, by which any recording can be standardised.
    package var isOfTraining: Bool { self == .train || self == .corpus }

    /// Whether a recording is standardised without others of the same speaker, and before its end.
    package var isImmediate: Bool { self == .none || isOfTraining }
}

/// Standardises features: subtracts each column's mean and divides by its standard deviation.
package struct Normaliser: Sendable, Equatable {
    /// Deviations are raised to at least this value. A column that varies less carries only rounding errors, and a constant column becomes
    /// 0 rather than NaN.
    package static let minimumDeviation: Float = 1e-4

    /// The mean of every column.
    package let mean: [Float]
    /// The standard deviation of every column, before it is raised to the minimum.
    package let deviation: [Float]
    private let factors: [Float]

    /// `mean` and `deviation` must have one element per column.
    package init(mean: [Float], deviation: [Float]) {
        precondition(mean.count == deviation.count, "\(mean.count) means and \(deviation.count) deviations")
        self.mean = mean
        self.deviation = deviation
        factors = deviation.map { 1 / max($0, Normaliser.minimumDeviation) }
    }

    /// A normaliser with these statistics.
    package init(_ statistics: FeatureStatistics) {
        self.init(mean: statistics.mean, deviation: statistics.deviation)
    }

    /// Rows from which on a speaker's statistics are used alone. Every speaker of EmoDB (35 recordings at least) and RAVDESS (60) has more, even
    /// where each recording is one row of functionals.
    package static let rowsOfSpeaker = 20

    /// The normaliser of a speaker: by the speaker's own statistics, or with few rows by a mean of these and the training data's.
    ///
    /// With n < 20 rows, mean and variance are n/20 · own + (1 − n/20) · training. A single row less its own mean would be 0 whatever was said.
    package init(speaker own: FeatureStatistics, training: FeatureStatistics) {
        guard own.count < Self.rowsOfSpeaker, training.count > 0 else {
            self.init(own)
            return
        }
        let share = Float(own.count) / Float(Self.rowsOfSpeaker)
        func mixed(_ own: Float, _ training: Float) -> Float { share * own + (1 - share) * training }
        self.init(
            mean: zip(own.mean, training.mean).map(mixed),
            deviation: zip(own.deviation, training.deviation).map { mixed($0 * $0, $1 * $1).squareRoot() })
    }

    /// The mean of several normalisers: of their means, and of their variances. One alone stays as it is.
    package init(averaging parts: [Normaliser]) {
        guard parts.count != 1 else {
            self = parts[0]
            return
        }
        func average(_ values: (Normaliser) -> [Float]) -> [Float] {
            (0..<values(parts[0]).count).map { column in parts.reduce(0) { $0 + values($1)[column] } / Float(parts.count) }
        }
        self.init(mean: average(\.mean), deviation: average { $0.deviation.map { $0 * $0 } }.map { $0.squareRoot() })
    }

    /// Standardises every row of `frames`, which must have one column per mean.
    package func apply(to frames: inout Matrix) {
        precondition(frames.columns == mean.count, "\(frames.columns) columns normalised with \(mean.count) means")
        let rows = frames.rows
        let width = mean.count
        frames.elements.withUnsafeMutableBufferPointer { elements in
            mean.withUnsafeBufferPointer { mean in
                factors.withUnsafeBufferPointer { factors in
                    for row in 0..<rows {
                        for column in 0..<width {
                            let index = row * width + column
                            elements[index] = (elements[index] - mean[column]) * factors[column]
                        }
                    }
                }
            }
        }
    }

    /// Undoes `apply(to:)` for every row of `frames`, which must have one column per mean.
    package func undo(on frames: inout Matrix) {
        precondition(frames.columns == mean.count, "\(frames.columns) columns for \(mean.count) means")
        let scales = deviation.map { max($0, Normaliser.minimumDeviation) }
        for row in 0..<frames.rows {
            for column in 0..<frames.columns { frames[row, column] = frames[row, column] * scales[column] + mean[column] }
        }
    }
}

extension Normaliser: Codable {
    private enum CodingKeys: String, CodingKey {
        case mean, deviation
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let mean = try values.decode([Float].self, forKey: .mean)
        let deviation = try values.decode([Float].self, forKey: .deviation)
        guard mean.count == deviation.count, (mean + deviation).allSatisfy(\.isFinite) else {
            throw DecodingError.dataCorruptedError(
                forKey: .deviation, in: values, debugDescription: "a normaliser needs one deviation per mean, all finite")
        }
        self.init(mean: mean, deviation: deviation)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(mean, forKey: .mean)
        try values.encode(deviation, forKey: .deviation)
    }
}

/// Frames that are normalised on access, so that a corpus is stored once, in memory or on disk, and not once per normaliser.
package struct NormalisedFrames: FrameSource {
    private let source: any FrameSource
    private let normaliser: Normaliser

    package init(_ source: any FrameSource, by normaliser: Normaliser) {
        self.source = source
        self.normaliser = normaliser
    }

    package var rows: Int { source.rows }
    package var columns: Int { source.columns }

    package func frames(_ range: Range<Int>) throws(FrameError) -> Matrix {
        var frames = try source.frames(range)
        normaliser.apply(to: &frames)
        return frames
    }
}
