/// A finding about a corpus that does not stop the work, but on which its figures depend.
///
///     for warning in try Corpus.open(path: "data/emodb").warnings { print(warning) }
///
/// Commands print each as `stimmung: warning: …` on standard error; the figures of an evaluation list them.
public struct CorpusWarning: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
    /// Kind of finding, such as `corpora.shared-recordings`. It stays the same between versions.
    public let code: String
    /// What was found, in one or two sentences: how many, of what, the first few, and what can be done.
    public let message: String
    /// Number of recordings, names or folders concerned.
    public let count: Int
    /// The first few of them; all of them where utterances were skipped.
    public let examples: [String]

    /// Kinds of findings.
    package enum Kind: String, CaseIterable, Sendable {
        /// Several audio files of one name, of which one was taken.
        case twins = "corpora.twins"
        /// Folders that cannot be listed.
        case unreadableFolders = "corpora.unreadable-folders"
        /// Rows of a manifest without a label.
        case unlabelledRows = "corpora.unlabelled-rows"
        /// Text of a manifest that was decoded by a guess.
        case decodedText = "corpora.decoded-text"
        /// Speakers or labels whose names differ only in case, spaces, leading zeros or Unicode form.
        case similarNames = "corpora.similar-names"
        /// The same recording with several labels.
        case contradictoryLabels = "corpora.contradictory-labels"
        /// The same recording under several speakers.
        case sharedRecordings = "corpora.shared-recordings"
        /// Labels that a table of synonyms leaves out.
        case unmappedLabels = "corpora.unmapped-labels"
        /// Labels that only one of the corpora of an evaluation across corpora has.
        case leftOutLabels = "corpora.left-out-labels"
        /// Recordings without usable sound, which were skipped.
        case unusableRecordings = "corpora.unusable-recordings"
        /// Labels with a lower confidence than wanted.
        case lowConfidence = "corpora.low-confidence"
        /// Settings of another program that do not apply.
        case ignoredSettings = "corpora.ignored-settings"
        /// Recordings that no fold of a list names.
        case unlistedRecordings = "corpora.unlisted-recordings"
        /// Classes that a fold of an evaluation tests and never trains.
        case untrainedClasses = "evaluation.untrained-classes"
        /// Recordings that a model to be tested has heard, or may have heard.
        case heardRecordings = "evaluation.heard-recordings"
        /// Speakers with too few recordings for statistics of their own.
        case fewRecordings = "evaluation.few-recordings"
    }

    /// Most examples that a warning lists.
    package static let examplesShown = 5

    /// - Parameters:
    ///   - all: everything the finding concerns; the first few become the examples.
    ///   - separator: goes between the examples in the message.
    ///   - message: the sentences, given the examples as text.
    package init(_ kind: Kind, _ all: [String], separator: String = ", ", message: (_ examples: String) -> String) {
        code = kind.rawValue
        count = all.count
        let shown = Array(all.prefix(Self.examplesShown))
        examples = kind == .unusableRecordings ? all : shown
        self.message = message(shown.joined(separator: separator) + (count > shown.count ? "\(separator)…" : ""))
    }

    public var description: String { message }
}

extension CorpusWarning {
    /// A warning about rows without a label, which were left out; none without such rows.
    static func unlabelled(_ rows: [String], of path: String) -> [CorpusWarning] {
        guard !rows.isEmpty else { return [] }
        return [
            CorpusWarning(.unlabelledRows, rows) {
                "\(rows.count) row\(rows.count == 1 ? " of \(path) has" : "s of \(path) have") no emotion and "
                    + "\(rows.count == 1 ? "was" : "were") left out: \($0)."
            }
        ]
    }
}
