import CStimmungKernels
import StimmungTensors

extension BoltzmannMachine {
    private static let meanFieldSteps = 20

    /// An approximation of the mean of P(x | past), a conditional machine's prediction of each of N frames from its past: N × V.
    ///
    /// The frames themselves are not used. The hidden units are a mean field η, which starts at ½ and is found by damped fixed-point steps.
    /// With Gaussian units, x can be integrated out, which leaves
    ///
    ///     η_j = σ(c̃_j + W_j·b̃ + ½‖W_j‖² + Σ_{k≠j} W_j·W_k η_k),
    ///
    /// exact for hidden units with orthogonal weights; the prediction is b̃ + Wη. With binary units, x and η are updated in turn.
    package func predictions(_ windows: FrameWindows) -> Matrix {
        var result = Matrix(rows: windows.count, columns: visible)
        let z = WorkingMemory()
        let input = WorkingMemory()
        let field = WorkingMemory()
        let selves = selfCouplings()
        result.elements.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            inChunks(windows) { range, rows, products in
                let n = range.count
                let x = base + range.lowerBound * visible
                for memory in [z, input, field] { memory.reserve(n * hidden) }
                // [0, x_{<t}, 1]: without the frame to predict, so that z = c̃.
                for row in 0..<n { (rows + row * layout.stride).update(repeating: 0, count: visible) }
                products.hiddenInputs(n, rows, into: z.pointer)
                field.pointer.update(repeating: 0.5, count: n * hidden)
                expect(n, rows, field, products, into: x)
                for _ in 0..<Self.meanFieldSteps {
                    products.addFrames(n, x, inputs: z.pointer, into: input.pointer)
                    if units == .gaussian { exclude(selves, n, field, from: input) }
                    ck_sigmoid(n * hidden, input.pointer, input.pointer)
                    for i in 0..<n * hidden { field.pointer[i] += 0.5 * (input.pointer[i] - field.pointer[i]) }
                    expect(n, rows, field, products, into: x)
                }
            }
        }
        return result
    }

    /// x = b̃ + Wη for Gaussian units, σ(b̃ + Wη) for binary units.
    private func expect(
        _ n: Int, _ rows: UnsafePointer<Float>, _ field: WorkingMemory, _ products: MachineProducts, into x: UnsafeMutablePointer<Float>
    ) {
        products.visibleBiases(n, rows, into: x)
        products.addHidden(n, field.pointer, to: x)
        if units == .binary { ck_sigmoid(n * visible, x, x) }
    }

    /// ‖W_j‖²
    private func selfCouplings() -> [Float] {
        (0..<hidden).map { j in
            stride(from: j, to: visible * hidden, by: hidden).reduce(0) { $0 + parameters[$1] * parameters[$1] }
        }
    }

    /// Replaces a unit's own share ‖W_j‖² η_j of its input by ½‖W_j‖² (h_j² = h_j).
    private func exclude(_ selves: [Float], _ n: Int, _ field: WorkingMemory, from input: WorkingMemory) {
        for row in 0..<n {
            for j in 0..<hidden {
                let i = row * hidden + j
                input.pointer[i] += selves[j] * (0.5 - field.pointer[i])
            }
        }
    }
}
