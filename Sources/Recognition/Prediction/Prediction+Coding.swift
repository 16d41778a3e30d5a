import StimmungAudio
import StimmungSupport

/// The same JSON as that of `PredictionJSON`.
///
/// Encoders do not keep the order of keys, so decoded classes are sorted by label. Where there is no speech, `label`, `confidence` and `probabilities`
/// are `null`. JSON has no infinities and no NaN: they are written as `null`; a probability of `null` is read as NaN. Without the key `duration`, the duration is the end of the last segment, or 0 without segments; without `warnings` there are none.
extension Prediction: Codable {
    private enum CodingKeys: CodingKey {
        case file, channel, duration, label, confidence, probabilities, familiarity, segments, warnings
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let segments = try keys.decodeIfPresent([Segment].self, forKey: .segments)
        self.init(
            file: try keys.decode(String.self, forKey: .file), channel: try keys.decodeIfPresent(Int.self, forKey: .channel),
            label: try keys.decodeIfPresent(String.self, forKey: .label),
            confidence: try keys.decodeIfPresent(Double.self, forKey: .confidence),
            probabilities: try keys.decodeProbabilities(forKey: .probabilities),
            familiarity: try keys.decodeIfPresent(Double.self, forKey: .familiarity), segments: segments,
            duration: try keys.decodeIfPresent(Double.self, forKey: .duration) ?? segments?.last?.end ?? 0,
            warnings: try keys.decodeIfPresent([RecordingWarning].self, forKey: .warnings) ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(file, forKey: .file)
        try keys.encodeIfPresent(channel, forKey: .channel)
        try keys.encode(duration, forKey: .duration)
        try keys.encode(label, forKey: .label)
        try keys.encode(confidence.flatMap { $0.isFinite ? $0 : nil }, forKey: .confidence)
        try keys.encodeProbabilities(probabilities, forKey: .probabilities)
        try keys.encode(familiarity, forKey: .familiarity)
        try keys.encodeIfPresent(segments, forKey: .segments)
        try keys.encode(warnings, forKey: .warnings)
    }
}

extension Prediction.Segment: Codable {
    private enum CodingKeys: CodingKey {
        case start, end, label, confidence, probabilities, familiarity
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            start: try keys.decode(Double.self, forKey: .start), end: try keys.decode(Double.self, forKey: .end),
            label: try keys.decodeIfPresent(String.self, forKey: .label),
            confidence: try keys.decodeIfPresent(Double.self, forKey: .confidence),
            probabilities: try keys.decodeProbabilities(forKey: .probabilities),
            familiarity: try keys.decodeIfPresent(Double.self, forKey: .familiarity))
    }

    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(start, forKey: .start)
        try keys.encode(end, forKey: .end)
        try keys.encode(label, forKey: .label)
        try keys.encode(confidence.flatMap { $0.isFinite ? $0 : nil }, forKey: .confidence)
        try keys.encodeProbabilities(probabilities, forKey: .probabilities)
        try keys.encode(familiarity, forKey: .familiarity)
    }
}

extension KeyedDecodingContainer {
    /// A number; NaN for `null`.
    fileprivate func decodeNumber(forKey key: Key) throws -> Double {
        try contains(key) && decodeNil(forKey: key) ? .nan : decode(Double.self, forKey: key)
    }

    /// `{label: p}`, in the order of the labels; empty for `null`.
    fileprivate func decodeProbabilities(forKey key: Key) throws -> [ClassProbability] {
        if try contains(key) && decodeNil(forKey: key) { return [] }
        let classes = try nestedContainer(keyedBy: AnyKey.self, forKey: key)
        return try classes.allKeys.sorted { $0.stringValue < $1.stringValue }.map { label in
            ClassProbability(label: label.stringValue, probability: try classes.decodeNumber(forKey: label))
        }
    }
}

extension KeyedEncodingContainer {
    fileprivate mutating func encodeNumber(_ number: Double, forKey key: Key) throws {
        if number.isFinite { try encode(number, forKey: key) } else { try encodeNil(forKey: key) }
    }

    fileprivate mutating func encodeProbabilities(_ probabilities: [ClassProbability], forKey key: Key) throws {
        if probabilities.isEmpty { return try encodeNil(forKey: key) }
        var classes = nestedContainer(keyedBy: AnyKey.self, forKey: key)
        for entry in probabilities { try classes.encodeNumber(entry.probability, forKey: AnyKey(stringValue: entry.label)) }
    }
}
