import StimmungCorpora
import StimmungSupport
import StimmungTensors

/// Why an evaluation failed, with the fold that did.
public struct FoldFailure: StimmungError, Equatable {
    /// Name of the fold: its test speakers, its number or its test corpus.
    public let fold: String
    /// Random seed of the run.
    public let seed: UInt64
    /// Underlying error.
    public let cause: any Error

    /// Description of the underlying error.
    public var reason: String { "\(cause)" }

    /// Code of the underlying error, or `evaluation.fold-failed` if it has none.
    public var code: String { (cause as? any StimmungError)?.code ?? "evaluation.fold-failed" }

    public var description: String { "fold \(fold), seed \(seed): \(reason)" }

    public static func == (a: FoldFailure, b: FoldFailure) -> Bool {
        a.code == b.code && a.description == b.description
    }

    /// Names the fold in whatever `work` fails with, but for errors that are not the fold's: a cancellation, and a file of frames that fails.
    static func naming<Result>(_ fold: Fold, seed: UInt64, _ work: () throws -> Result) throws -> Result {
        do { return try work() } catch let error where !(error is Cancelled || error is FrameError) {
            throw FoldFailure(fold: fold.name, seed: seed, cause: error)
        }
    }
}

/// A trained network whose output for an utterance is no number, as after values beyond all bounds.
struct NoProbabilities: StimmungError {
    let file: String

    var code: String { "evaluation.no-probabilities" }

    var description: String { "the trained network gives no probabilities for \(file); a lower learning rate may help" }
}
