import StimmungSupport

/// What is known of where recordings come from — a telephone line, a room, a studio — from some of them, without labels: the mean of the features.
///
///     let source = try recogniser.source(of: calls)
///     let adapted = try recogniser.adapting(to: source)
///     print(try adapted.predict(path: "call.wav"))
///
/// A model adapted to it takes speech of this source as the usual one. The mean counts by `share`: from few recordings, or from speech that sounds all
/// alike, it tells the source from the emotion badly. It helps where there are many recordings of several people or moods.
public struct Source: Sendable, Equatable {
    let speech: SpeechMean

    /// Number of stretches of speech between pauses, of five seconds at most.
    public var stretches: Int { speech.stretches }
    /// Seconds of speech in them.
    public var seconds: Double { speech.seconds }
    /// How different the stretches sound to the model, relative to speakers of its training data; nil if unknown.
    public var variety: Double? { speech.variety }

    /// How much the source's own mean counts against that of the training data, 0 … 1: n / (n + 16), where n is the number of stretches, reduced
    /// where they sound more alike than those of most speakers.
    public var share: Double { Self.share(stretches: stretches, variety: variety) }

    /// Stretches that the mean of the training data counts for. 16 is best for about thirty recordings; for hundreds it hardly matters: docs/notebook/encoder.md.
    private static let prior = 16.0

    package static func share(stretches: Int, variety: Double?) -> Double {
        SpeechMean.share(stretches: stretches, variety: variety, prior: prior)
    }

    /// The source of the stretches of both.
    package func joined(with other: Source) -> Source { Source(speech: speech.joined(with: other.speech)) }

    /// What may make the source less useful; empty for most.
    public var warnings: [SourceWarning] {
        guard stretches >= 3, let variety, variety < SpeechMean.leastVariety else { return [] }
        return [.soundsAlike]
    }

    /// Identifies the source: the same speech gives the same text.
    package var fingerprint: String { speech.fingerprint }
}

/// Why a source may help less than it could.
public enum SourceWarning: Sendable, Equatable {
    /// All of the speech sounds alike, as if it were of one emotion, which then cannot be told from the source.
    case soundsAlike

    /// A sentence for users.
    public var message: String {
        switch self {
        case .soundsAlike:
            "all of the speech sounds alike, so the source counts for less; add recordings of other people or moods"
        }
    }
}

/// An error in adapting a recogniser to a source.
public enum SourceError: StimmungError, Equatable {
    /// The source was learnt for the features of one recipe, and the model has those of another.
    case otherFeatures(source: String, model: String)
    /// The mean of a feature is farther from that of the training data than that of any speech.
    case implausible(column: Int)
    /// The model does not standardise features by its training data, so there is nothing to move.
    case notUsable(model: String, normalisation: String)
    /// There is no speech in any of the recordings.
    case noSpeech(recordings: Int)

    public var code: String {
        switch self {
        case .otherFeatures: "source.other-features"
        case .implausible: "source.implausible"
        case .notUsable: "source.not-usable"
        case .noSpeech: "source.no-speech"
        }
    }

    public var description: String {
        switch self {
        case .otherFeatures(let source, let model):
            "The source was learnt for the features of \(source), and the model has those of \(model). Learn it with this model."
        case .implausible(let column):
            "The source cannot be one of speech: feature \(column + 1) is more than 1000 standard deviations away. Check its recordings."
        case .notUsable(let model, let normalisation):
            "The model \(model) cannot adapt to a source: its normalisation is \(normalisation), and sources need train or corpus."
        case .noSpeech(let recordings):
            "There is no speech to learn a source from in \(recordings == 1 ? "the recording" : "the \(recordings) recordings")."
        }
    }
}
