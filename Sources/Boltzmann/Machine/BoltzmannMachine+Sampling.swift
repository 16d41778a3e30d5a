import CStimmungKernels
import StimmungTensors

extension BoltzmannMachine {
    /// Frames after `steps` of Gibbs sampling that begin at the given frames, each with its own past held fixed: N × V.
    ///
    /// A step draws h from P(h | x), then x from P(x | h).
    package func sample(from windows: FrameWindows, steps: Int, seed: UInt64) -> Matrix {
        var result = windows.frames
        var bits = BitStream(RandomSource(seed: seed))
        let h = WorkingMemory()
        let z = WorkingMemory()
        result.elements.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            inChunks(windows) { range, rows, products in
                let n = range.count
                let x = base + range.lowerBound * visible
                for memory in [h, z] { memory.reserve(n * hidden) }
                for step in 0..<steps {
                    if step > 0 {
                        for row in 0..<n { (rows + row * layout.stride).update(from: x + row * visible, count: visible) }
                    }
                    products.hiddenInputs(n, rows, into: z.pointer)
                    bits.withState { ck_bernoulli(n * hidden, z.pointer, $0, z.pointer, h.pointer) }
                    products.visibleBiases(n, rows, into: x)
                    products.addHidden(n, h.pointer, to: x)
                    drawVisible(n, x, &bits)
                }
            }
        }
        return result
    }

    /// Turns the inputs b̃ + Wh of n frames of visible units into a sample, in place.
    func drawVisible(_ n: Int, _ x: UnsafeMutablePointer<Float>, _ bits: inout BitStream) {
        bits.withState { state in
            switch units {
            case .binary: ck_draw_bernoulli(n * visible, state, x)
            case .gaussian: ck_add_normal(n * visible, state, x)
            }
        }
    }

    /// A continuation of given frames: these frames followed by `frames` new ones, each drawn from P(x | past).
    ///
    /// A new frame starts as a copy of the one before it and takes `gibbsSteps` steps (Taylor, Hinton, Roweis 2006).
    ///
    /// - Parameters:
    ///   - beginning: at least one frame, T × V. Frames before it are zeros, as in training.
    ///   - noise: whether the last step keeps the drawn frame; otherwise its mean b̃ + Wh (or P(x_i = 1 | h)), which is smoother.
    /// - Returns: (T + frames) × V.
    package func continuation(of beginning: Matrix, frames: Int, gibbsSteps: Int = 30, noise: Bool = false, seed: UInt64) -> Matrix {
        precondition(beginning.rows > 0 && gibbsSteps > 0, "a continuation has a beginning and at least one step")
        let random = RandomSource(seed: seed)
        var result = beginning
        result.reserve(rows: beginning.rows + frames)
        for frame in 0..<frames {
            let windows = nextFrame(after: result)
            let drawn = FrameWindows(
                frames: noise
                    ? sample(from: windows, steps: gibbsSteps, seed: random.stream(frame, 0).firstValue)
                    : sample(from: windows, steps: gibbsSteps - 1, seed: random.stream(frame, 0).firstValue), past: windows.past)
            guard !noise else {
                result.append(rows: drawn.frames)
                continue
            }
            var states = hiddenProbabilities(drawn)
            var last = random.stream(frame, 1)
            for j in 0..<hidden { states.elements[j] = last.uniform() < states.elements[j] ? 1 : 0 }
            result.append(rows: visibleMeans(hidden: states, drawn))
        }
        return result
    }

    /// The last frame once more, with the frames up to it as its past.
    private func nextFrame(after frames: Matrix) -> FrameWindows {
        let last = frames.rows(frames.rows - 1..<frames.rows)
        var recent = frames.rows(max(0, frames.rows - max(order, 1))..<frames.rows)
        recent.append(rows: last)
        return FrameWindows(utterances: [recent], order: order).part(recent.rows - 1..<recent.rows)
    }
}
