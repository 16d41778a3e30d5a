import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Times whole training steps of a network by `Trainer`, from feature frames to updated parameters: crops, packing, forward pass, loss, the
/// gradient of every parameter, clipping and optimiser.
package struct TrainingStepBenchmark: Sendable {
    package var network: Network
    /// `batch` and `crop` set the number of frames per step; without a crop, sequences have a hundred frames.
    package var options: TrainingOptions
    package var classes: Int
    package var workers: Workers
    package var repeats = 7
    /// Steps per epoch; epochs are timed.
    package var steps = 8

    package init(_ network: Network, options: TrainingOptions, classes: Int, workers: Workers) {
        self.network = network
        self.options = options
        self.classes = classes
        self.workers = workers
    }

    package struct Result: Sendable {
        /// The time per step.
        package var step: Timings
        /// Frames per step.
        package var frames: Int
    }

    /// - Throws: `TrainingError` if the network cannot be trained.
    package func run() throws -> Result {
        var random = RandomSource(seed: 1)
        let length = options.crop ?? 100
        // Twice as long as a crop, so that crops start at random frames.
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
        // The first epoch allocates the memory and is not timed.
        return Result(step: Timings(ends).divided(by: steps), frames: options.batch * length)
    }
}
