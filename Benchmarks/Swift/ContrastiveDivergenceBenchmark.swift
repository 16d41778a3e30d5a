import StimmungBoltzmann
import StimmungSupport
import StimmungTensors

/// Times a step of CD-1, and its matrix products alone.
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
        /// The products of a step alone, on one thread.
        package var products: Timings
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
        let memory = Memory(machine.layout, batch: batch)
        let products = timings { _ in multiply(machine, memory) }
        return Result(step: step, products: products, frames: batch)
    }

    /// The time per step of each run.
    private func timings(_ step: (Int) -> Void) -> Timings {
        Timings(repeats: repeats) { for number in 0..<steps { step(number) } }.divided(by: steps)
    }

    /// The products of a step, on memory of the same shapes.
    private func multiply(_ machine: BoltzmannMachine, _ memory: Memory) {
        let layout = machine.layout
        let (n, v, h, s) = (batch, visible, hidden, layout.stride)
        let (x, z, d, g) = (memory.window.pointer, memory.hidden.pointer, memory.frames.pointer, memory.gradient.pointer)
        machine.parameters.withUnsafeBufferPointer { θ in
            guard let θ = θ.baseAddress else { return }
            let products = MachineProducts(layout: layout, θ: θ)
            products.hiddenInputs(n, x, into: z)
            products.visibleBiases(n, x, into: d)
            products.addHidden(n, z, to: d)
            products.addFrames(n, d, to: z)
            let (hidden, difference) = (MatrixView(z, rows: n, columns: h), MatrixView(d, rows: n, columns: v))
            let window = MatrixView(x, rows: n, columns: s)
            let past = MatrixView(x, rows: n, columns: layout.past + 1, stride: s)
            Product.multiply(window.transposed, hidden, into: MutableMatrixView(g, rows: s, columns: h))
            Product.multiply(difference.transposed, hidden, beta: 1, into: MutableMatrixView(g, rows: v, columns: h))
            Product.multiply(past.transposed, difference, into: MutableMatrixView(g, rows: layout.past + 1, columns: v))
        }
    }

    /// Zeros, so that repeated products cannot overflow.
    private struct Memory {
        let window = WorkingMemory()
        let hidden = WorkingMemory()
        let frames = WorkingMemory()
        let gradient = WorkingMemory()

        init(_ layout: MachineLayout, batch: Int) {
            window.reserve(batch * layout.stride)
            hidden.reserve(batch * layout.hidden)
            frames.reserve(batch * layout.visible)
            gradient.reserve(layout.count)
        }
    }
}
