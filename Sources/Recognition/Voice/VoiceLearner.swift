import StimmungFeatures

/// Learns the voice of a session's speech, stretch by stretch.
struct VoiceLearner {
    /// Seconds of the longest stretch that is one row, about as long as utterances in training, and of the shortest.
    static let longest = 5.0
    static let shortest = 0.5

    private let general: Model
    /// A voice that was known at the start.
    private let known: Voice?
    /// Whether what has been learnt is used at once.
    let applies: Bool
    private(set) var speech: EnrolledSpeech
    private(set) var seconds = 0.0

    init(_ recogniser: Recogniser, applies: Bool) {
        general = recogniser.general
        self.applies = applies
        speech = EnrolledSpeech(width: general.recipe.features.width, classes: general.labels.count)
        known = recogniser.model.voice
    }

    /// Learns frames of speech, if there are enough of them.
    mutating func learn(_ range: Range<Int>, _ evidence: any Evidence, hop: Double) {
        let length = Double(range.count) * hop
        guard length >= Self.shortest, let row = evidence.row(range) else { return }
        speech.add(row, probabilities: evidence.generalProbabilities(range, row: row))
        seconds += length
    }

    /// The model adapted to all that is known of the voice; nil if nothing has been learnt or it is not to be used.
    var model: Model? {
        guard applies, speech.stretches > 0 else { return nil }
        let heard = general.voice(of: speech, seconds: seconds)
        return try? general.adapted(to: known.map { $0.joined(with: heard) } ?? heard)
    }
}
