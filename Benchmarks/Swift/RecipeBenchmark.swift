import Stimmung
import StimmungNetworks
import StimmungSupport
import StimmungTraining

/// Times whole training steps of a recipe beside its recurrent layer alone, on batches of the recipe's size.
///
///     let result = try RecipeBenchmark(Recipe(named: "lstm"), workers: Workers()).run()
///     print(result.step.median / result.layer.median)     // what all else costs
package struct RecipeBenchmark: Sendable {
    package var recipe: Recipe
    package var classes = 7
    package var workers: Workers
    package var repeats = 7

    /// - Parameter recipe: with an LSTM as its first layer.
    package init(_ recipe: Recipe, workers: Workers) {
        self.recipe = recipe
        self.workers = workers
    }

    package struct Result: Sendable {
        /// Features in, changed parameters out.
        package var step: Timings
        /// A forward and backward pass of the layer on as many frames.
        package var layer: Timings
        /// Sequences of a step, and frames of each.
        package var sequences: Int
        package var length: Int
    }

    /// - Returns: nil where the recipe's first layer is no LSTM.
    /// - Throws: `TrainingError`
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
