import Foundation
import Stimmung
import StimmungBoltzmann
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// Compares predictions of the next frame for unseen speakers: by conditional RBMs, by linear models of the same order, and by persistence.
///
/// All models are trained on the frames of each fold's training speakers. Frames are standardised by the mean and standard deviation of
/// these speakers. Errors are mean squared errors per value of a standardised frame, pooled over all folds: 1 is the error of predicting
/// the training speakers' mean.
package struct PredictionComparison: Sendable {
    /// Supplies the features and the training options of the lowest machine.
    package var recipe: Recipe
    package var corpus: Corpus
    package var evaluationProtocol: EvaluationProtocol
    /// Orders n of the machines and the linear models, each at least 1.
    package var orders = [1, 3, 6]
    package var seed: UInt64 = 0
    /// Folder in which the recordings of the corpus of `cross=PATH` are searched; nil for none.
    package var audio: String?
    package var workers = Workers()
    /// Feature cache shared between runs; nil for none.
    package var cache: FeatureCache?
    package var cancellation = Cancellation()
    /// As for `ModelTraining`.
    package var skipShare = SkipLimit.usualShare
    /// Called with each finding about the corpus.
    package var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }

    package init(recipe: Recipe, corpus: Corpus, evaluationProtocol: EvaluationProtocol) {
        self.recipe = recipe
        self.corpus = corpus
        self.evaluationProtocol = evaluationProtocol
    }

    /// Mean squared errors for one order.
    package struct Row: Sendable, Equatable, Codable {
        package let order: Int
        /// Prediction by the machine's expectation of the frame; see `BoltzmannMachine.predictions`.
        package let machine: Double
        package let linear: Double
        /// Prediction by the previous frame.
        package let persistence: Double
    }

    /// - Parameter progress: called during the work, never concurrently.
    package func run(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> [Row] {
        try recipe.validate()
        guard let plan = recipe.pretraining else { throw PretrainedMachines.Misfit.noPretraining(recipe: recipe.name) }
        guard orders.allSatisfy({ (1...100).contains($0) }), !orders.isEmpty else {
            throw RecipeError.value(key: "orders", value: "\(orders)", allowed: "1 to 100 frames each")
        }
        let whole = try evaluationProtocol.plan(for: corpus, audio: audio, seed: seed)
        var extraction = CorpusFeatures.Extraction(recipe.features, cache: cache, workers: workers, cancellation: cancellation)
        extraction.skipShare = skipShare
        let features = try CorpusFeatures(of: whole.corpus, by: extraction, progress: progress)
        for warning in try whole.findings(workers: workers) + CorpusWarning.unusable(features.unusable, in: whole.corpus) {
            onWarning(warning)
        }
        let division = whole.removing(features.unusable.map(\.utterance))
        let total = division.folds.count * orders.count * plan.epochs
        var done = 0
        var sums = orders.map { _ in (machine: 0.0, linear: 0.0, persistence: 0.0) }
        var numbers = 0.0
        for fold in division.folds {
            let frames = try features.normalised(.train, training: fold.train).recordings.map { try $0.frames() }
            let (own, other) = (fold.train.map { frames[$0] }, fold.test.map { frames[$0] })
            numbers += other.reduce(0) { $0 + Double($1.elements.count) }
            for (index, order) in orders.enumerated() {
                try cancellation.check()
                let machine = try machine(order, plan, own) {
                    done += 1
                    progress(WorkProgress(.training, done, of: total, detail: "epochs of machines"))
                }
                let linear = LinearAutoregression(FrameWindows(utterances: own, order: order))
                let windows = FrameWindows(utterances: other, order: order)
                sums[index].machine += error(machine.predictions(windows), windows)
                sums[index].linear += error(linear.predictions(windows), windows)
                sums[index].persistence += error(windows.past.lastColumns(windows.width), windows)
            }
        }
        return zip(orders, sums).map { order, sum in
            Row(order: order, machine: sum.machine / numbers, linear: sum.linear / numbers, persistence: sum.persistence / numbers)
        }
    }

    /// Trains the lowest machine of the recipe with this order.
    private func machine(
        _ order: Int, _ plan: PretrainingRecipe, _ frames: [Matrix], epochDone: () -> Void
    ) throws -> BoltzmannMachine {
        var plan = plan
        plan.machines = [PretrainingRecipe.Machine(hidden: plan.machines[0].hidden, order: order)]
        var training = plan.training(seed: seed, workers: workers)
        training.cancellation = cancellation
        return try training.train(on: frames, epochDone: { _ in epochDone() }).machines[0]
    }

    private func error(_ predictions: Matrix, _ windows: FrameWindows) -> Double {
        zip(predictions.elements, windows.frames.elements).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    }
}

extension Matrix {
    /// The last `count` columns of every row.
    fileprivate func lastColumns(_ count: Int) -> Matrix {
        Matrix(rows: rows, columns: count, elements: (0..<rows).flatMap { row($0).suffix(count) })
    }
}
