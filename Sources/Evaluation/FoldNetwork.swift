import Stimmung
import StimmungCorpora
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// The networks of one fold of an evaluation, to be looked at: what they say along an utterance, and where utterances lie in the last hidden layer
/// of the first of them.
public struct FoldNetwork: Sendable {
    package let plan: EvaluationPlan
    package let fold: Fold
    package let seed: UInt64
    package let system: TrainedSystem
    /// The evaluation of this fold alone.
    public let run: EvaluationRun

    package var recipe: Recipe { system.recipe }
    package var ensemble: Ensemble { system.ensemble }
    /// Normalised features of every utterance of the plan's corpus.
    private var frames: [any FrameSource] { system.features.recordings }

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
        let part = lower.isEmpty ? nil : Network(lower, precision: network.precision) { Array(network.parameters.values[$0.range]) }
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
    public var model: Model { system.model(trainedOn: plan.corpus, seed: seed) }
}
