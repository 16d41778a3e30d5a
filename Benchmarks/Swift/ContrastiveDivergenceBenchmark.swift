import StimmungBoltzmann
import StimmungSupport
import StimmungTensors

/// Times a step of CD-1.
package struct ContrastiveDivergenceBenchmark: Sendable {
    package var visible = 39
    package var hidden = 256
    package var order = 5
    package var batch = 256
    package var units = VisibleUnits.gaussian
    package var workers: Workers
    /// Number of timed runs.
    package var repeats = 12
    /// Steps per run.
    package var steps = 50

    package init(workers: Workers) {
        self.workers = workers
    }

    package struct Result: Sendable {
        /// A step: gathering frames with their pasts, CD-1, update with momentum and decay.
        package var step: Timings
        /// Operations in the matrix products of a step; a multiply-add is two.
        package var operations: Double
        package var frames: Int
    }

    /// Number of parts of the batch that can run in parallel.
    package var parts: Int { ContrastiveBatch.parts(batch) }

    package func run() -> Result {
        var random = RandomSource(seed: 1)
        let machine = BoltzmannMachine(visible: visible, hidden: hidden, units: units, order: order, seed: 1)
        // Sixteen batches of frames, so that the frames of a step are not in the cache.
        let frames = Matrix(rows: 16 * batch, columns: visible, elements: (0..<16 * batch * visible).map { _ in random.normal() })
        let windows = FrameWindows(utterances: [frames], order: order)
        let numbers = random.permutation(windows.count)
        let parts = ContrastiveBatch(machine, LearningOptions(), rows: batch, chains: [], workers: workers)
        var (parameters, velocity) = (machine.parameters, [Float](repeating: 0, count: machine.parameters.count))
        let step = timings { step in
            let own = numbers[step % 16 * batch..<(step % 16 + 1) * batch]
            _ = parts.run(parameters, windows, own, random.stream(step))
            parts.step(&parameters, &velocity, ContrastiveBatch.Step(rate: 1e-3, momentum: 0.5, decay: 2e-4))
        }
        // Twice [x, x_{<t}, 1] with H, three times x with H, and twice [x_{<t}, 1] with x.
        let layout = machine.layout
        let perFrame = 2 * layout.stride * hidden + 3 * visible * hidden + 2 * (layout.past + 1) * visible
        return Result(step: step, operations: 2 * Double(batch * perFrame), frames: batch)
    }

    /// The time per step of each run.
    private func timings(_ step: (Int) -> Void) -> Timings {
        Timings(repeats: repeats) { for number in 0..<steps { step(number) } }.divided(by: steps)
    }
}
