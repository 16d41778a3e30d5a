import StimmungCorpora
import StimmungFeatures
import StimmungSupport

/// An utterance whose features cannot be computed, as from a silent or empty recording.
package struct UnusableUtterance: Sendable, Equatable, Codable {
    /// Its place in the corpus.
    package let utterance: Int
    /// Code of the error: `features.silent`.
    package let code: String

    package init(utterance: Int, code: String) {
        self.utterance = utterance
        self.code = code
    }
}

/// How many utterances of a corpus may be skipped because their recordings are unusable.
package enum SkipLimit {
    /// Of the utterances. Published corpora have a few per thousand such recordings; a wrong folder or a failed conversion has most.
    public static let usualShare = 0.05

    /// - Parameter share: of the utterances, 0 … 1. Above 0, one utterance at least may be skipped, for a twentieth of a small corpus is none.
    static func count(_ share: Double, of utterances: Int) -> Int {
        share > 0 ? max(1, Int((share * Double(utterances)).rounded(.down))) : 0
    }
}

/// The utterances of a corpus that cannot be used, where they are more than may be skipped: all of them, so that they can be fixed in one go.
public struct UnreadableUtterances: StimmungError {
    /// Name of the corpus.
    public let corpus: String
    /// Number of utterances in the corpus.
    public let of: Int
    /// Number of utterances that may be skipped.
    public let allowed: Int
    /// One error per unusable utterance, in the order of the corpus.
    public let errors: [FeatureError]

    package init(corpus: String, of: Int, allowed: Int, errors: [FeatureError]) {
        self.corpus = corpus
        self.of = of
        self.allowed = allowed
        self.errors = errors
    }

    public var code: String { "training.unreadable-utterances" }

    /// Most errors that are listed.
    private static let listed = 20

    public var description: String {
        let limit = errors.count > allowed ? " (at most \(allowed) may be skipped)" : ""
        let shown = errors.prefix(Self.listed).map { "  \($0)" }
        let more = errors.count > Self.listed ? ["  and \(errors.count - Self.listed) more"] : []
        return
            (["\(errors.count) of \(of) utterances of \(corpus) cannot be used\(limit):"] + shown + more
            + ["Repair these recordings, remove them from the corpus, or allow more to be skipped."]).joined(separator: "\n")
    }
}

extension CorpusWarning {
    /// A warning for each kind of unusable recording, with the number and the first names.
    ///
    /// - Parameter corpus: the one in which the utterances have their places.
    package static func unusable(_ skipped: [UnusableUtterance], in corpus: Corpus) -> [CorpusWarning] {
        let codes = skipped.map(\.code).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return codes.map { code in
            let names = skipped.filter { $0.code == code }.map { unusable in
                let utterance = corpus.utterances[unusable.utterance]
                let times = utterance.start == nil && utterance.end == nil ? "" : " from \(utterance.start ?? 0) s"
                return utterance.file + times
            }
            return CorpusWarning(.unusableRecordings, names) { examples in
                let isOne = names.count == 1
                let subject = "\(names.count) of \(corpus.utterances.count) utterances of \(corpus.name)"
                let predicate = isOne ? "was skipped because it" : "were skipped because they"
                return "\(subject) \(predicate) \(fault(code, isOne: isOne)): \(examples)"
            }
        }
    }

    /// What is wrong with recordings, as a predicate.
    private static func fault(_ code: String, isOne: Bool) -> String {
        let (be, have, lie) = isOne ? ("is", "has", "lies") : ("are", "have", "lie")
        return switch code {
        case "features.silent": "\(be) silent"
        case "features.too-short": "\(be) shorter than one frame"
        case "features.not-finite", "audio.not-finite": "\(have) samples that are not finite numbers"
        case "audio.empty-file": "\(be) empty (0 bytes)"
        case "audio.no-samples": "\(have) no samples"
        case "audio.no-audio-stream": "\(have) no audio stream"
        case "audio.truncated": "\(be) cut off"
        case "audio.not-audio": "\(be) not audio"
        case "audio.corrupt", "audio.ffmpeg-failed": "cannot be decoded"
        case "audio.not-readable", "audio.no-such-file", "audio.not-regular-file", "audio.is-folder": "cannot be opened"
        case "audio.bad-range": "\(lie) outside of the recording"
        default: "cannot be used (\(code))"
        }
    }
}

extension FeatureError {
    /// Whether the recording is to blame, rather than the options, the machine or a missing program.
    var isOfTheRecording: Bool {
        switch self {
        case .option, .encoder, .unsuitable, .unwritable: false
        case .audio(.ffmpegMissing), .audio(.badSampleRate), .audio(.resamplingFailed), .audio(.badAlteration), .audio(.codecFailed),
            .audio(.notWritable):
            false
        case .audio, .tooShort, .silent, .notFinite: true
        }
    }
}
