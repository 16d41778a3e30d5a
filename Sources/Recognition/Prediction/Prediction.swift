/// What a recogniser says of one recording.
package struct Prediction: Sendable, Equatable {
    /// The recording, as it was named by the user.
    package var file: String
    /// The class it was taken for, or the name for "none of them".
    package var label: String
    /// How sure the recogniser is of `label`, 0 … 1.
    package var confidence: Double
    /// The probability of every class, in the order of the model's classes.
    package var probabilities: [ClassProbability]
    /// The timeline, where one was asked for: in order of time, without overlap.
    package var segments: [Segment]?
    /// Length of the recording in seconds.
    package var duration: Double

    // More than five parameters: the properties, one each.
    package init(
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
    package struct Segment: Sendable, Equatable {
        package var start: Double
        package var end: Double
        package var label: String
        package var confidence: Double
        package var probabilities: [ClassProbability]

        package init(start: Double, end: Double, label: String, confidence: Double, probabilities: [ClassProbability]) {
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
package struct ClassProbability: Sendable, Equatable, Codable {
    package var label: String
    /// 0 … 1.
    package var probability: Double

    package init(label: String, probability: Double) {
        self.label = label
        self.probability = probability
    }
}
