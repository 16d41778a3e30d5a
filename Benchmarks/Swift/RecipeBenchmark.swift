import Stimmung
import StimmungNetworks
import StimmungSupport
import StimmungTraining

/// Times whole training steps of a recipe, and its recurrent layer alone, on batches of the recipe's size.
///
///     let result = try RecipeBenchmark(Recipe(named: "lstm"), workers: Workers()).run()
///     print(result.step.median / result.layer.median)     // the cost of everything else
package struct RecipeBenchmark: Sendable {
    package var recipe: Recipe
    package var classes = 7
    package var workers: Workers
    package var repeats = 7

    /// - Parameter recipe: a recipe whose first layer is an LSTM.
    package init(_ recipe: Recipe, workers: Workers) {
        self.recipe = recipe
        self.workers = workers
    }

    package struct Result: Sendable {
        /// A step, from features to updated parameters.
        package var step: Timings
        /// A forward and backward pass of the layer on the same number of frames.
        package var layer: Timings
        /// Sequences per step.
        package var sequences: Int
        /// Frames per sequence.
        package var length: Int
    }

    /// - Returns: nil if the recipe's first layer is not an LSTM.
    /// - Throws: `TrainingError` if the network cannot be trained.
    package func run() throws -> Result? {
        let network = Network(recipe.layers(classes: classes), seed: 1)
        let first = network.layers[0].describe()
        guard first.operation == "lstm" else { return nil }
        let lstm = LSTM(inputs: first.inputs, cells: first.outputs)
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
