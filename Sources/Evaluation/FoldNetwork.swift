import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The networks of one fold of an evaluation, to be looked at: what they say along an utterance, and where utterances lie in the last hidden layer
/// of the first of them.
package struct FoldNetwork: Sendable {
    package let recipe: Recipe
    package let plan: EvaluationPlan
    package let fold: Fold
    package let seed: UInt64
    package var ensemble: Ensemble { trained.ensemble }
    /// Of the probabilities.
    package var temperature: Double { trained.temperature }
    /// What brings features to the mean and deviation of the training data; nil unless the recipe's normalisation is `train`.
    package var normaliser: Normaliser? { trained.normaliser }
    /// The figures of this fold alone.
    package let result: EvaluationResult
    private let trained: EvaluationMaterial.Trained
    /// Normalised features of every utterance of the plan's corpus.
    private var frames: [any FrameSource] { trained.frames }

    init(recipe: Recipe, plan: EvaluationPlan, fold: Fold, seed: UInt64, trained: EvaluationMaterial.Trained, result: EvaluationResult) {
        self.recipe = recipe
        self.plan = plan
        self.fold = fold
        self.seed = seed
        self.trained = trained
        self.result = result
    }

    /// Log posteriors of an utterance's frames, T × classes.
    package func logPosteriors(ofUtterance index: Int) throws(FrameError) -> Matrix {
        try ensemble.logPosteriors(of: [frames[index]], workers: Workers(threads: 1))[0]
    }

    /// Where each utterance of the corpus lies in the last hidden layer, the mean over its frames: N × units. Dropout is off.
    ///
    /// A network without hidden layer has the mean of its features.
    package func embeddings(workers: Workers) throws(FrameError) -> Matrix {
        let network = ensemble.networks[0]
        let top = network.affineLayers.last ?? network.layers.count
        let lower = Array(network.layers[..<top])
        // The lower layers' parameters stand first, in the same order.
        let part = lower.isEmpty ? nil : Network(lower) { Array(network.parameters.values[$0.range]) }
        let width = lower.last?.outputs ?? network.inputs
        var means = Matrix(rows: 0, columns: width)
        for group in frames.groups(of: 64) {
            let outputs =
                if let part {
                    try part.outputs(of: group, workers: workers)
                } else {
                    try group.map { (frames) throws(FrameError) in try frames.frames() }
                }
            for output in outputs {
                var sums = [Double](repeating: 0, count: width)
                for row in 0..<output.rows { for (k, value) in output.row(row).enumerated() { sums[k] += Double(value) } }
                means.append(rows: sums.map { Float($0 / Double(max(output.rows, 1))) })
            }
        }
        return means
    }

    /// The networks as a model of the fold's training data.
    package var model: Model {
        Model(
            recipe: recipe, labels: plan.classes.labels, ensemble: ensemble, normaliser: normaliser, temperature: temperature,
            card: ModelCard(
                plan.corpus, plan.classes, training: trained.training, heldOut: trained.heldOut, seed: seed, networks: trained.networks))
    }
}
