import CStimmungKernels
import StimmungNetworks

/// The network of a `SpeechModel` for inference, frame by frame: weights are packed once, and a frame allocates nothing.
///
/// Every frame is computed alone, so the cut into chunks does not change any bit. `NetworkMemory` would pack all weights for every chunk,
/// which took ten times as long as the products, and oneDNN would write its machine code at the first one.
///
/// Units and cells are padded with zeros to whole panels of 16 (`ck_pack`). The outputs of padded cells stay 0.
struct SpeechNetwork: Sendable {
    private static let panel = 16

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
        /// Offset of the state: arguments 4H, c_{t−1}, c, tanh c, h.
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
        var state = inputs + dense.outputs
        var width = shape.units
        var recurrent: [Recurrent] = []
        for cells in shape.cells {
            let layer = packer.recurrent(width, cells, state: state)
            state += 8 * layer.size
            recurrent.append(layer)
            width = cells
        }
        self.recurrent = recurrent
        top = packer.affine(width, 2)
        stateCount = state + top.outputs
        values = packer.values
    }

    /// The state before the first frame of a recording.
    func makeState() -> [Float] { [Float](repeating: 0, count: stateCount) }

    /// Runs one frame; returns its two outputs.
    ///
    /// - Parameter row: `SpeechFrontEnd.width` values.
    func run(_ row: UnsafePointer<Float>, _ state: inout [Float]) -> (Float, Float) {
        precondition(state.count == stateCount, "a state of \(state.count) values instead of \(stateCount)")
        // Bounds: all offsets lie within the values and the state, which are laid out by the same numbers.
        return values.withUnsafeBufferPointer { values in
            state.withUnsafeMutableBufferPointer { state in
                guard let θ = values.baseAddress, let s = state.baseAddress else { preconditionFailure("a network has parameters") }
                for index in 0..<inputs { s[index] = θ[index] * row[index] + θ[inputs + index] }
                let hidden = s + inputs
                apply(dense, θ, UnsafePointer(s), hidden)
                ck_tanh(dense.outputs, hidden, hidden)
                var below = UnsafePointer(hidden)
                for layer in recurrent { below = step(layer, θ, below, s + layer.state) }
                let output = s + stateCount - top.outputs
                apply(top, θ, below, output)
                return (output[0], output[1])
            }
        }
    }

    private func apply(_ map: Affine, _ θ: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        y.update(repeating: 0, count: map.outputs)
        ck_add_row_product(map.outputs / Self.panel, map.inputs, x, θ + map.weights, y)
        ck_add_bias(1, map.outputs, θ + map.bias, y)
    }

    /// One step of an LSTM; returns h.
    private func step(
        _ layer: Recurrent, _ θ: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ state: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let size = layer.size
        let (previous, cell, squashed, h) = (state + 4 * size, state + 5 * size, state + 6 * size, state + 7 * size)
        apply(layer.input, θ, x, state)
        ck_add_row_product(4 * size / Self.panel, layer.cells, h, θ + layer.weights, state)
        previous.update(from: cell, count: size)
        ck_lstm_forward(1, size, state, previous, θ + layer.peepholes, cell, squashed, h)
        return UnsafePointer(h)
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
                ck_pack(inputs, width, transposed, width, 1, target + start)
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
