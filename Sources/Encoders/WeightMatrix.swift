import CStimmungKernels
import StimmungTensors

/// The weights of an affine map, packed for products once. The number of outputs is a multiple of 16.
struct WeightMatrix: Sendable {
    let outputs: Int
    let inputs: Int
    /// In panels of 16 outputs, inputs × 16 values each.
    private let panels: [Float]

    private static let panel = CK_PANEL

    /// The next multiple of a panel.
    static func padded(_ count: Int) -> Int { (count + panel - 1) / panel * panel }

    /// - Parameter values: outputs × inputs.
    init(outputs: Int, inputs: Int, values: [Float]) {
        self.init(outputs: outputs, inputs: inputs, taps: 1, values: values)
    }

    /// A convolution: its input is `taps` adjacent frames, one after the other.
    ///
    /// - Parameter values: outputs × inputs × taps.
    init(outputs: Int, inputs: Int, taps: Int, values: [Float]) {
        precondition(values.count == outputs * inputs * taps, "\(values.count) weights for \(outputs) × \(inputs) × \(taps)")
        precondition(outputs.isMultiple(of: Self.panel), "\(outputs) outputs are not whole panels")
        self.outputs = outputs
        self.inputs = taps * inputs
        let all = taps * inputs
        panels = [Float](unsafeUninitializedCapacity: values.count) { packed, count in
            count = values.count
            // Bounds: both have outputs · all values, and a panel is the weights of 16 outputs in either.
            values.withUnsafeBufferPointer { values in
                guard let source = values.baseAddress, let target = packed.baseAddress else { return }
                for first in stride(from: 0, to: outputs * all, by: Self.panel * all) {
                    for tap in 0..<taps {
                        ck_pack(inputs, Self.panel, source + first + tap, taps, all, inputs, target + first + tap * inputs * Self.panel)
                    }
                }
            }
        }
    }

    /// x · selfᵀ for x of at least one row of `inputs` values.
    func multiply(_ x: [Float]) -> [Float] {
        let rows = x.count / inputs
        var y = [Float](repeating: 0, count: rows * outputs)
        withPointers(reading: x, writing: &y) { x, y in multiply(x, rows: rows, into: y) }
        return y
    }

    /// y = x · selfᵀ, or y += x · selfᵀ; x is rows × inputs, y rows × outputs.
    func multiply(_ x: UnsafePointer<Float>, rows: Int, accumulates: Bool = false, into y: UnsafeMutablePointer<Float>) {
        ck_product(rows, outputs, inputs, x, inputs, 1, panels, accumulates ? UnsafePointer(y) : nil, outputs, y, outputs)
    }
}
