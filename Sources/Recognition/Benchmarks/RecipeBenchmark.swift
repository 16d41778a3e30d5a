import Networks
import Tensors

/// Times whole training steps of a recipe beside its recurrent layer alone, on batches of the recipe's size.
///
///     let result = try RecipeBenchmark(Recipe(named: "lstm"), workers: Workers()).run()
///     print(result.step.median / result.layer.median)     // what all else costs
public struct RecipeBenchmark: Sendable {
    public var recipe: Recipe
    public var classes = 7
    public var workers: Workers
    public var repeats = 7

    /// - Parameter recipe: with an LSTM as its first layer.
    public init(_ recipe: Recipe, workers: Workers) {
        self.recipe = recipe
        self.workers = workers
    }

    public struct Result: Sendable {
        /// Features in, changed parameters out.
        public var step: Timings
        /// A forward and backward pass of the layer on as many frames.
        public var layer: Timings
        /// Sequences of a step, and frames of each.
        public var sequences: Int
        public var length: Int
    }

    /// - Returns: nil where the recipe's first layer is no LSTM.
    /// - Throws: `TrainingError`
    public func run() throws -> Result? {
        let network = Network(recipe.layers(classes: classes), seed: 1)
        guard let lstm = network.layers[0] as? LSTM else { return nil }
        let options = recipe.trainingOptions(seed: 1, above: 0)
        var training = TrainingStepBenchmark(network, options: options, classes: classes, workers: workers)
        training.repeats = repeats
        let step = try training.run()
        let length = step.frames / options.batch
        var layer = LayerBenchmark(layer: lstm, lengths: [Int](repeating: length, count: options.batch), workers: workers)
        layer.repeats = repeats
        return Result(step: step.step, layer: layer.run().training, sequences: options.batch, length: length)
    }
}
