import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// Evaluates several systems on one corpus by several splits, with the same seeds, and compares them.
///
///     var study = try Study(of: try Corpus.open(path: "data/emodb"))
///     study.folder = "stimmung-study"
///     print(try study.run().figures.report)
///
/// Each evaluation keeps its folds in a journal of the folder, so an interrupted study resumes from there. A system that fails on the corpus, as one whose
/// windows are longer than its recordings, is said to, and the others go on.
package struct Study: Sendable {
    package var corpus: Corpus
    package var systems: [Recipe]
    package var splits: [StudySplit]
    /// Why there are fewer splits than usual, a sentence each.
    package var leftOut: [String]
    package var seeds: [UInt64] = [0]
    package var workers = Workers()
    /// Where features are looked up, and kept from one run to the next.
    package var cache: FeatureCache?
    package var cancellation = Cancellation()
    /// Where the journals are; it is made where it is missing. nil keeps none.
    package var folder: String?
    /// As for each `Evaluation`.
    package var skipShare = SkipLimit.usualShare
    /// Called with each finding about the corpus, by every evaluation anew.
    package var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }

    /// - Parameter systems: all of `StudySystems` unless given.
    package init(of corpus: Corpus, systems: [Recipe]? = nil) throws {
        self.corpus = corpus
        self.systems = try systems ?? StudySystems.names.map { try Recipe(named: $0) }
        (splits, leftOut) = try StudySplit.splits(of: corpus)
    }

    private struct Piece {
        let recipe: Recipe
        let split: StudySplit
        let evaluation: Evaluation
        /// Folds that no journal has, times the system's cost.
        let work: Double
    }

    /// - Parameter progress: called as the work goes on, one call at a time.
    /// - Throws: `Cancelled`, `JournalError`, `RecipeError`, `FrameError`, and what a split throws.
    package func run(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> StudyRun {
        for recipe in systems { try recipe.validate() }
        precondition(!seeds.isEmpty && !systems.isEmpty, "a study has at least one seed and one system")
        if let folder, workers.processes.leads {
            do { try Files.makeFolder(folder) } catch {
                throw JournalError.unwritable(file: folder, reason: error.reason)
            }
        }
        // A system's splits follow each other, so that the first systems are known soon.
        let pieces = try systems.flatMap { recipe in try splits.map { try piece(recipe, $0) } }
        let total = max(pieces.reduce(0) { $0 + $1.work }, .leastNormalMagnitude)
        var before = 0.0
        var outcomes: [StudyOutcome] = []
        for (number, piece) in pieces.enumerated() {
            let report: @Sendable (Double) -> Void = { [before] own in
                let share = min((before + own * piece.work) / total, 1)
                progress(
                    WorkProgress(
                        .study, Int(1000 * share), of: 1000,
                        detail: "\(piece.recipe.name) by \(piece.split.title), evaluation \(number + 1) of \(pieces.count)"))
            }
            outcomes.append(try outcome(piece, report))
            before += piece.work
            report(0)
        }
        return StudyRun(self, outcomes)
    }

    private func piece(_ recipe: Recipe, _ split: StudySplit) throws -> Piece {
        var evaluation = Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: split.evaluationProtocol)
        evaluation.classes = split.classes
        evaluation.seeds = seeds
        evaluation.workers = workers
        evaluation.cache = cache
        evaluation.cancellation = cancellation
        evaluation.skipShare = skipShare
        evaluation.onWarning = onWarning
        if let folder { evaluation.journal = folder + "/" + (try evaluation.journalName(split: split.name)) }
        let (pending, _) = try evaluation.pendingFolds()
        return Piece(recipe: recipe, split: split, evaluation: evaluation, work: Double(pending) * StudySystems.cost(of: recipe.name))
    }

    private func outcome(_ piece: Piece, _ report: @escaping @Sendable (Double) -> Void) throws -> StudyOutcome {
        do {
            let resumed = try piece.evaluation.pendingFolds()
            let kept = Double(resumed.all - resumed.pending) / Double(resumed.all)
            let result = try piece.evaluation.run { step in
                // What a journal had counts as done from the start.
                if step.stage == .training, kept < 1 {
                    report(min(max((Double(step.completed) / Double(step.total) - kept) / (1 - kept), 0), 1))
                }
            }
            return StudyOutcome(system: piece.recipe.name, split: piece.split, result: .success(result))
        } catch let error where !Self.ends(error) {
            return StudyOutcome(system: piece.recipe.name, split: piece.split, result: .failure(error))
        }
    }
}

extension Study {
    /// Whether an error ends the study: it would happen to other systems too, or the processes would continue with different ones.
    private static func ends(_ error: any Error) -> Bool {
        switch error {
        case is Cancelled, is JournalError, is AtomicFile.Failure, is FrameError, is ProcessDisagreement, is RemoteFailure: true
        default: false
        }
    }
}

/// What became of one system by one split.
struct StudyOutcome: Sendable {
    let system: String
    let split: StudySplit
    let result: Result<EvaluationRun, any Error>
}

extension WorkProgress.Stage {
    /// A study, counted in thousandths of its work, by the systems' usual times.
    package static let study = Self("study")
}
