import StimmungAudio

/// The result for one recording.
public struct Prediction: Sendable, Equatable {
    /// Name of the recording, as the user gave it.
    public var file: String
    /// The channel, counted from 1, where every channel was a recording of its own; otherwise nil.
    public var channel: Int?
    /// The predicted class, or `Recogniser.uncertain` if it was rejected; nil where there is no speech.
    public var label: String?
    /// Probability of the most probable class, 0 … 1; nil where there is no speech.
    public var confidence: Double?
    /// The probability of every class, in the order of the model's classes; empty where there is no speech.
    public var probabilities: [ClassProbability]
    /// How much the speech resembles the training data, 0 (not at all) … 1; nil where there is no speech, and if the model does not measure it.
    public var familiarity: Double?
    /// The segments in order of time, without overlap; nil without a timeline.
    public var segments: [Segment]?
    /// Length of the recording in seconds.
    public var duration: Double
    /// What is unusual about the recording, such as a header that declares another duration; empty for most.
    public var warnings: [RecordingWarning]

    // More than five parameters: the properties, one each.
    /// A prediction with the given values; `segments` is nil without a timeline.
    public init(
        file: String, channel: Int? = nil, label: String?, confidence: Double?, probabilities: [ClassProbability],
        familiarity: Double? = nil, segments: [Segment]? = nil, duration: Double, warnings: [RecordingWarning] = []
    ) {
        self.file = file
        self.channel = channel
        self.label = label
        self.confidence = confidence
        self.probabilities = probabilities
        self.familiarity = familiarity
        self.segments = segments
        self.duration = duration
        self.warnings = warnings
    }

    /// A segment of the timeline.
    public struct Segment: Sendable, Equatable {
        /// Start in seconds from the beginning of the recording.
        public var start: Double
        /// End in seconds from the beginning of the recording.
        public var end: Double
        /// The predicted class, or `Recogniser.uncertain` if it was rejected; nil where there is no speech.
        public var label: String?
        /// Probability of the most probable class, 0 … 1; nil where there is no speech.
        public var confidence: Double?
        /// The probability of every class, in the order of the model's classes; empty where there is no speech.
        public var probabilities: [ClassProbability]
        /// How much the speech resembles the training data, 0 (not at all) … 1; nil where there is no speech, and if the model does not measure it.
        public var familiarity: Double?

        // More than five parameters: the properties, one each.
        /// A segment with the given values.
        public init(
            start: Double, end: Double, label: String?, confidence: Double?, probabilities: [ClassProbability], familiarity: Double? = nil
        ) {
            self.start = start
            self.end = end
            self.label = label
            self.confidence = confidence
            self.probabilities = probabilities
            self.familiarity = familiarity
        }
    }

    /// The segments; without a timeline, the whole recording as one.
    var timeline: [Segment] {
        segments ?? [
            Segment(
                start: 0, end: duration, label: label, confidence: confidence, probabilities: probabilities, familiarity: familiarity)
        ]
    }
}

/// The probability of one class.
public struct ClassProbability: Sendable, Equatable, Codable {
    /// Name of the class.
    public var label: String
    /// Probability of the class, 0 … 1.
    public var probability: Double

    /// The probability of the class `label`, 0 … 1.
    public init(label: String, probability: Double) {
        self.label = label
        self.probability = probability
    }
}
