/// What a recogniser says of one recording.
public struct Prediction: Sendable, Equatable {
    /// The recording, as it was named by the user.
    public var file: String
    /// The class it was taken for, or the name for "none of them".
    public var label: String
    /// How sure the recogniser is of `label`, 0 … 1.
    public var confidence: Double
    /// The probability of every class, in the order of the model's classes.
    public var probabilities: [ClassProbability]
    /// The timeline, where one was asked for: in order of time, without overlap.
    public var segments: [Segment]?
    /// Length of the recording in seconds.
    public var duration: Double

    // More than five parameters: the properties, one each.
    public init(
        file: String, label: String, confidence: Double, probabilities: [ClassProbability], segments: [Segment]? = nil, duration: Double
    ) {
        self.file = file
        self.label = label
        self.confidence = confidence
        self.probabilities = probabilities
        self.segments = segments
        self.duration = duration
    }

    /// A stretch of the recording, its times in seconds from the beginning.
    public struct Segment: Sendable, Equatable {
        public var start: Double
        public var end: Double
        public var label: String
        public var confidence: Double
        public var probabilities: [ClassProbability]

        public init(start: Double, end: Double, label: String, confidence: Double, probabilities: [ClassProbability]) {
            self.start = start
            self.end = end
            self.label = label
            self.confidence = confidence
            self.probabilities = probabilities
        }
    }

    /// The segments; without a timeline, the whole recording as one.
    var timeline: [Segment] {
        segments ?? [Segment(start: 0, end: duration, label: label, confidence: confidence, probabilities: probabilities)]
    }
}

/// The probability of one class.
public struct ClassProbability: Sendable, Equatable, Codable {
    public var label: String
    /// 0 … 1.
    public var probability: Double

    public init(label: String, probability: Double) {
        self.label = label
        self.probability = probability
    }
}
