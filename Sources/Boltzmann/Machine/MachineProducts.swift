import StimmungTensors

/// A machine's matrix products on rows [x, x_{<t}, 1] of `layout.stride` values, with its weights packed once for all of them.
///
/// Sendable is unchecked: several threads can multiply at once, but not during `set`.
package final class MachineProducts: @unchecked Sendable {
    package let layout: MachineLayout
    /// [W; B; c]
    private let hiddenWeights = PackedOperand()
    /// W
    private let frameWeights = PackedOperand()
    /// [A; b]
    private let visibleBiasWeights = PackedOperand()
    /// Wᵀ
    private let visibleWeights = PackedOperand()

    package init(layout: MachineLayout) {
        self.layout = layout
    }

    private var v: Int { layout.visible }
    private var h: Int { layout.hidden }

    /// Packs the weights of a machine's parameters.
    package func set(_ θ: UnsafePointer<Float>) {
        hiddenWeights.set(MatrixView(θ, rows: layout.stride, columns: h))
        frameWeights.set(MatrixView(θ, rows: v, columns: h))
        visibleBiasWeights.set(MatrixView(θ + layout.pastToVisible.lowerBound, rows: layout.past + 1, columns: v))
        setVisibleWeights(θ, scale: 1)
    }

    /// Makes `addHidden` add scale · h Wᵀ.
    package func setVisibleWeights(_ θ: UnsafePointer<Float>, scale: Float) {
        visibleWeights.set(MatrixView(θ, rows: v, columns: h).transposed, scale: scale)
    }

    /// z = c̃ + xW = [x, x_{<t}, 1] · [W; B; c]; `z` is rows × H.
    package func hiddenInputs(_ rows: Int, _ window: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>) {
        hiddenWeights.multiply(
            MatrixView(window, rows: rows, columns: layout.stride), into: MutableMatrixView(z, rows: rows, columns: h))
    }

    /// b̃ = [x_{<t}, 1] · [A; b]; `m` is rows × V.
    package func visibleBiases(_ rows: Int, _ window: UnsafePointer<Float>, into m: UnsafeMutablePointer<Float>) {
        visibleBiasWeights.multiply(
            MatrixView(window + v, rows: rows, columns: layout.past + 1, stride: layout.stride),
            into: MutableMatrixView(m, rows: rows, columns: v))
    }

    /// m += h Wᵀ; `hidden` is rows × H, `m` is rows × V.
    package func addHidden(_ rows: Int, _ hidden: UnsafePointer<Float>, to m: UnsafeMutablePointer<Float>) {
        addHidden(rows, hidden, bias: m, into: m)
    }

    /// m = b̃ + h Wᵀ; `bias` and `m` are rows × V.
    package func addHidden(
        _ rows: Int, _ hidden: UnsafePointer<Float>, bias: UnsafePointer<Float>, into m: UnsafeMutablePointer<Float>
    ) {
        visibleWeights.multiply(
            MatrixView(hidden, rows: rows, columns: h), addedTo: MatrixView(bias, rows: rows, columns: v),
            into: MutableMatrixView(m, rows: rows, columns: v))
    }

    /// z += x W; `frames` is rows × V, `z` is rows × H.
    package func addFrames(_ rows: Int, _ frames: UnsafePointer<Float>, to z: UnsafeMutablePointer<Float>) {
        addFrames(rows, frames, inputs: z, into: z)
    }

    /// z = inputs + x W; `frames` is rows × V, `inputs` and `z` are rows × H.
    package func addFrames(
        _ rows: Int, _ frames: UnsafePointer<Float>, inputs: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>
    ) {
        frameWeights.multiply(
            MatrixView(frames, rows: rows, columns: v), addedTo: MatrixView(inputs, rows: rows, columns: h),
            into: MutableMatrixView(z, rows: rows, columns: h))
    }
}

extension BoltzmannMachine {
    /// Frames per chunk, few enough that their activations stay in the cache.
    private static let chunk = 256

    /// Calls `body` for the frames of `windows` in chunks: the frames' numbers, their rows [x, x_{<t}, 1] and the machine's products.
    package func inChunks(_ windows: FrameWindows, _ body: (Range<Int>, UnsafeMutablePointer<Float>, MachineProducts) -> Void) {
        precondition(windows.width == visible && windows.order == order, "frames of another machine")
        let rows = WorkingMemory()
        rows.reserve(min(Self.chunk, windows.count) * layout.stride)
        parameters.withUnsafeBufferPointer { θ in
            guard let θ = θ.baseAddress else { return }
            let products = MachineProducts(layout: layout)
            products.set(θ)
            for start in stride(from: 0, to: windows.count, by: Self.chunk) {
                let range = start..<min(start + Self.chunk, windows.count)
                windows.gather(range, into: rows.pointer)
                body(range, rows.pointer, products)
            }
        }
    }
}
