import StimmungFeatures

/// Learns the voice and the source of a session's speech, stretch by stretch.
struct SpeechLearner {
    /// Seconds of the longest stretch that is one row, about as long as utterances in training, and of the shortest.
    static let longest = 5.0
    static let shortest = 0.5

    /// Without a voice; adapted to the source that was known at the start.
    private let general: Model
    /// The voice that was known at the start.
    private let known: Voice?
    private let options: SessionOptions
    private(set) var speech: EnrolledSpeech
    private(set) var seconds = 0.0

    /// - Parameter options: whether voice and source are learnt, and used.
    init(_ recogniser: Recogniser, _ options: SessionOptions) {
        general = recogniser.general
        self.options = options
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

    /// The model adapted to all that is known of source and voice; nil if nothing has been learnt or it is not to be used.
    var model: Model? {
        guard options.adaptsToSource || options.learning == .applied, speech.stretches > 0 else { return nil }
        var model = general
        if options.adaptsToSource {
            let heard = general.mean(of: speech, seconds: seconds)
            let source = Source(speech: general.source.map { $0.speech.joined(with: heard) } ?? heard)
            model = (try? general.adapted(to: source)) ?? general
        }
        var voice = known
        if options.learning == .applied {
            let heard = general.voice(of: speech, seconds: seconds)
            voice = known.map { $0.joined(with: heard) } ?? heard
        }
        guard let voice else { return model }
        return (try? model.adapted(to: voice)) ?? model
    }
}
