import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Times whole training steps of a network, from feature frames to changed parameters: crops, packing, forward pass, loss, the gradient of
/// every parameter, clipping and optimiser, as `Trainer` does them.
package struct TrainingStepBenchmark: Sendable {
    package var network: Network
    /// `batch` and `crop` say how many frames a step has; without a crop, sequences have a hundred.
    package var options: TrainingOptions
    package var classes: Int
    package var workers: Workers
    package var repeats = 7
    /// Steps of an epoch, which is what is timed.
    package var steps = 8

    package init(_ network: Network, options: TrainingOptions, classes: Int, workers: Workers) {
        self.network = network
        self.options = options
        self.classes = classes
        self.workers = workers
    }

    package struct Result: Sendable {
        /// A step.
        package var step: Timings
        /// Frames of a step.
        package var frames: Int
    }

    /// - Throws: `TrainingError`
    package func run() throws -> Result {
        var random = RandomSource(seed: 1)
        let length = options.crop ?? 100
        // Twice as long as a crop, so that it begins anywhere.
        let rows = options.crop == nil ? length : 2 * length
        let sequences = (0..<steps * options.batch).map { number in
            let frames = Matrix(
                rows: rows, columns: network.inputs, elements: (0..<rows * network.inputs).map { _ in random.normal() })
            return LabelledSequence(frames: frames, label: number % classes)
        }
        var options = options
        options.epochs = repeats + 1
        options.patience = nil
        var trained = network
        var ends: [Timings.Mark] = []
        try Trainer(options, classes: classes, workers: workers).train(&trained, on: sequences, epochDone: { _ in ends.append(.now) })
        // The first epoch allocates the memory, so it is not counted.
        return Result(step: Timings(ends).divided(by: steps), frames: options.batch * length)
    }
}
