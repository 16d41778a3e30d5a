import StimmungCorpora
import StimmungNetworks
import StimmungTraining

/// What one fold's test came to, as a journal keeps it.
struct FoldTest: Sendable, Codable {
    /// What was said of one utterance.
    struct Outcome: Sendable, Codable {
        /// Its place in the plan's corpus.
        let utterance: Int
        let truth: Int
        let decided: Int
        let probabilities: [Double]
    }

    private(set) var name: String
    let classes: [String]
    let outcomes: [Outcome]
    /// Training utterances of each class, without those held out.
    let trained: [Int]
    /// The outcomes under each of the evaluation's other conditions.
    let conditions: [[Outcome]]
    /// The outcomes of each trial of the evaluation's enrolment, with and without adaptation to the source; nil without one.
    let enrolled: [[Outcome]]?
    let frames: Int
    let correctFrames: Int
    /// How training went, an epoch each.
    let epochs: [EpochReport]
    /// Wall time of training and test, in seconds.
    let seconds: Double
    /// Utterances that were skipped, by their places in the corpus before; the outcomes' places are those after.
    let unusable: [UnusableUtterance]
    /// The same of each of the corpora without labels.
    let unusableUnlabelled: [[UnusableUtterance]]

    /// The same test under another name of its fold.
    func named(_ name: String) -> FoldTest {
        var test = self
        test.name = name
        return test
    }

    var confusion: ConfusionMatrix { confusion(of: outcomes) }

    /// Of the condition with a number.
    func confusion(condition: Int) -> ConfusionMatrix { confusion(of: conditions[condition]) }

    func confusion(of outcomes: [Outcome]) -> ConfusionMatrix {
        outcomes.reduce(into: ConfusionMatrix(classes: classes)) { $0.add(true: $1.truth, predicted: $1.decided) }
    }

    /// The outcomes with what the corpus knows of their utterances.
    func tested(_ corpus: Corpus, seed: UInt64) -> [TestedUtterance] {
        outcomes.map { outcome in
            let utterance = corpus.utterances[outcome.utterance]
            return TestedUtterance(
                file: utterance.file, start: utterance.start, end: utterance.end, speaker: utterance.speaker, fold: name, seed: seed,
                truth: outcome.truth, decided: outcome.decided, probabilities: outcome.probabilities)
        }
    }
}
