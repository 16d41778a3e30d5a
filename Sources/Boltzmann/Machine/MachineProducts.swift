import StimmungTensors

/// A machine's matrix products on rows [x, x_{<t}, 1] of `layout.stride` values.
///
/// `θ` points at the machine's parameters, which outlive this value: it is created and used inside a `withUnsafe…` call.
package struct MachineProducts {
    package let layout: MachineLayout
    package let θ: UnsafePointer<Float>

    package init(layout: MachineLayout, θ: UnsafePointer<Float>) {
        self.layout = layout
        self.θ = θ
    }

    private var v: Int { layout.visible }
    private var h: Int { layout.hidden }

    /// [W; B; c]
    private var hiddenWeights: MatrixView { MatrixView(θ, rows: layout.stride, columns: h) }
    private var weights: MatrixView { MatrixView(θ, rows: v, columns: h) }

    /// z = c̃ + xW = [x, x_{<t}, 1] · [W; B; c]; `z` is rows × H.
    package func hiddenInputs(_ rows: Int, _ window: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>) {
        Product.multiply(
            MatrixView(window, rows: rows, columns: layout.stride), hiddenWeights, into: MutableMatrixView(z, rows: rows, columns: h))
    }

    /// b̃ = [x_{<t}, 1] · [A; b]; `m` is rows × V.
    package func visibleBiases(_ rows: Int, _ window: UnsafePointer<Float>, into m: UnsafeMutablePointer<Float>) {
        Product.multiply(
            MatrixView(window + v, rows: rows, columns: layout.past + 1, stride: layout.stride),
            MatrixView(θ + layout.pastToVisible.lowerBound, rows: layout.past + 1, columns: v),
            into: MutableMatrixView(m, rows: rows, columns: v))
    }

    /// m += scale · h Wᵀ; `hidden` is rows × H, `m` is rows × V.
    package func addHidden(_ rows: Int, _ hidden: UnsafePointer<Float>, scale: Float = 1, to m: UnsafeMutablePointer<Float>) {
        Product.multiply(
            MatrixView(hidden, rows: rows, columns: h), weights.transposed, scale: scale, accumulates: true,
            into: MutableMatrixView(m, rows: rows, columns: v))
    }

    /// z += scale · x W; `frames` is rows × V, `z` is rows × H.
    package func addFrames(_ rows: Int, _ frames: UnsafePointer<Float>, scale: Float = 1, to z: UnsafeMutablePointer<Float>) {
        Product.multiply(
            MatrixView(frames, rows: rows, columns: v), weights, scale: scale, accumulates: true,
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
            for start in stride(from: 0, to: windows.count, by: Self.chunk) {
                let range = start..<min(start + Self.chunk, windows.count)
                windows.gather(range, into: rows.pointer)
                body(range, rows.pointer, MachineProducts(layout: layout, θ: θ))
            }
        }
    }
}
