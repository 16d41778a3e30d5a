import CStimmungKernels
import StimmungNetworks

/// The network of a `SpeechModel` for inference: weights are packed once, and frames allocate nothing.
///
/// The bits of a frame do not depend on how many are run at once, so the cut into chunks does not matter. `NetworkMemory` packed all weights
/// for every chunk, which took ten times as long as the products. A frame takes 1.2 µs instead of 18 (AMD EPYC, Zen 4, 2026-11-26).
///
/// Units and cells are padded with zeros to whole panels of 16 (`ck_pack`). The outputs of padded cells stay 0.
struct SpeechNetwork: Sendable {
    private static let panel = CK_PANEL
    /// Frames that are run at once, so that weights are loaded an eighth as often.
    static let frames = 8

    /// An affine map in packed form, k × n with n padded, and its bias.
    private struct Affine {
        let inputs: Int
        let outputs: Int
        let weights: Int
        let bias: Int
    }

    private struct Recurrent {
        let input: Affine
        let cells: Int
        /// H, padded.
        let size: Int
        /// W_h in packed form, and w_c.
        let weights: Int
        let peepholes: Int
        /// Offset in the state: h, c, c_{t−1} and tanh c, then the arguments, frames × 4H, and h of all frames.
        let state: Int
    }

    private let inputs: Int
    private let dense: Affine
    private let recurrent: [Recurrent]
    private let top: Affine
    private let values: [Float]
    /// Values of a state.
    private let stateCount: Int

    /// - Parameters:
    ///   - shape: the layers.
    ///   - parameters: those of the layers of `shape`, one array after another.
    init(_ shape: SpeechModel.Shape, parameters: [Float]) {
        var packer = Packer(parameters)
        inputs = SpeechFrontEnd.width
        packer.copy(2 * inputs)
        dense = packer.affine(inputs, shape.units)
        var state = Self.frames * (inputs + dense.outputs)
        var width = shape.units
        var recurrent: [Recurrent] = []
        for cells in shape.cells {
            let layer = packer.recurrent(width, cells, state: state)
            state += (4 + 5 * Self.frames) * layer.size
            recurrent.append(layer)
            width = cells
        }
        self.recurrent = recurrent
        top = packer.affine(width, 2)
        stateCount = state + Self.frames * top.outputs
        values = packer.values
    }

    /// The state before the first frame of a recording.
    func makeState() -> [Float] { [Float](repeating: 0, count: stateCount) }

    /// Runs the next frames; passes the two outputs of each to `receive`.
    ///
    /// - Parameters:
    ///   - rows: count × `SpeechFrontEnd.width` values.
    ///   - count: 1 … `frames`.
    func run(_ rows: UnsafePointer<Float>, count: Int, _ state: inout [Float], _ receive: (Float, Float) -> Void) {
        precondition(state.count == stateCount, "a state of \(state.count) values instead of \(stateCount)")
        precondition((1...Self.frames).contains(count), "\(count) frames at once")
        // Bounds: all offsets lie within the values and the state, which are laid out by the same numbers.
        values.withUnsafeBufferPointer { values in
            state.withUnsafeMutableBufferPointer { state in
                guard let θ = values.baseAddress, let s = state.baseAddress else { preconditionFailure("a network has parameters") }
                for row in stride(from: 0, to: count * inputs, by: inputs) {
                    for index in 0..<inputs { s[row + index] = θ[index] * rows[row + index] + θ[inputs + index] }
                }
                let hidden = s + Self.frames * inputs
                apply(dense, θ, count, UnsafePointer(s), inputs, hidden)
                ck_tanh(count * dense.outputs, hidden, hidden)
                var (below, width) = (UnsafePointer(hidden), dense.outputs)
                for layer in recurrent {
                    below = run(layer, θ, count, below, width, s + layer.state)
                    width = layer.size
                }
                let output = s + stateCount - Self.frames * top.outputs
                apply(top, θ, count, below, width, output)
                for row in stride(from: 0, to: count * top.outputs, by: top.outputs) { receive(output[row], output[row + 1]) }
            }
        }
    }

    // More than five parameters: a kernel.
    /// y = W x + b for `count` rows of x, which begin `width` apart.
    private func apply(
        _ map: Affine, _ θ: UnsafePointer<Float>, _ count: Int, _ x: UnsafePointer<Float>, _ width: Int, _ y: UnsafeMutablePointer<Float>
    ) {
        ck_product(count, map.outputs, map.inputs, x, width, 1, θ + map.weights, nil, 0, y, map.outputs)
        ck_add_bias(count, map.outputs, θ + map.bias, y)
    }

    // More than five parameters: a kernel.
    /// The steps of an LSTM for `count` rows of x, which begin `width` apart; returns h of each.
    private func run(
        _ layer: Recurrent, _ θ: UnsafePointer<Float>, _ count: Int, _ x: UnsafePointer<Float>, _ width: Int,
        _ state: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let size = layer.size
        let (h, cell, previous, squashed) = (state, state + size, state + 2 * size, state + 3 * size)
        let (arguments, outputs) = (state + 4 * size, state + (4 + 4 * Self.frames) * size)
        apply(layer.input, θ, count, x, width, arguments)
        for frame in 0..<count {
            let (own, output) = (arguments + 4 * frame * size, outputs + frame * size)
            ck_product(1, 4 * size, layer.cells, h, size, 1, θ + layer.weights, own, 4 * size, own, 4 * size)
            previous.update(from: cell, count: size)
            ck_lstm_forward(1, size, own, previous, θ + layer.peepholes, cell, squashed, output)
            h.update(from: output, count: size)
        }
        return UnsafePointer(outputs)
    }

    /// Packs parameters in the order of the layers.
    private struct Packer {
        private let parameters: [Float]
        private var next = 0
        private(set) var values: [Float] = []

        init(_ parameters: [Float]) { self.parameters = parameters }

        private static func padded(_ count: Int) -> Int { (count + panel - 1) / panel * panel }

        private mutating func take(_ count: Int) -> ArraySlice<Float> {
            defer { next += count }
            return parameters[next..<next + count]
        }

        mutating func copy(_ count: Int) { values += take(count) }

        /// Appends `groups` groups of values with zeros after each.
        private mutating func pad(groups: Int, of size: Int) -> Int {
            let start = values.count
            for _ in 0..<groups {
                values += take(size)
                values += repeatElement(0, count: Self.padded(size) - size)
            }
            return start
        }

        /// Appends the transpose of a matrix of `groups` · `size` rows of `inputs` values in packed form, each group padded.
        private mutating func pack(groups: Int, of size: Int, inputs: Int) -> Int {
            let start = values.count
            let width = groups * Self.padded(size)
            var transposed = [Float](repeating: 0, count: inputs * width)
            let rows = take(groups * size * inputs)
            for row in 0..<groups * size {
                let column = row / size * Self.padded(size) + row % size
                for input in 0..<inputs { transposed[input * width + column] = rows[rows.startIndex + row * inputs + input] }
            }
            values += repeatElement(0, count: transposed.count)
            values.withUnsafeMutableBufferPointer { values in
                guard let target = values.baseAddress else { return }
                ck_pack(inputs, width, transposed, width, 1, inputs, target + start)
            }
            return start
        }

        mutating func affine(_ inputs: Int, _ outputs: Int) -> Affine {
            let weights = pack(groups: 1, of: outputs, inputs: inputs)
            return Affine(inputs: inputs, outputs: Self.padded(outputs), weights: weights, bias: pad(groups: 1, of: outputs))
        }

        mutating func recurrent(_ inputs: Int, _ cells: Int, state: Int) -> Recurrent {
            let size = Self.padded(cells)
            let input = pack(groups: 4, of: cells, inputs: inputs)
            let weights = pack(groups: 4, of: cells, inputs: cells)
            let peepholes = pad(groups: 3, of: cells)
            let bias = pad(groups: 4, of: cells)
            return Recurrent(
                input: Affine(inputs: inputs, outputs: 4 * size, weights: input, bias: bias), cells: cells, size: size, weights: weights,
                peepholes: peepholes, state: state)
        }
    }
}
