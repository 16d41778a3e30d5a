import CStimmungKernels
import StimmungNetworks
import StimmungTensors

/// The network of a `SpeechModel` for inference: weights are packed once, and frames allocate nothing.
///
/// The bits of a frame do not depend on how many are run at once, so the cut into chunks does not matter. `NetworkMemory` packed all weights
/// for every chunk, which took ten times as long as the products. docs/performance.md has times.
struct SpeechNetwork: Sendable {
    /// Frames that are run at once, so that weights are loaded an eighth as often.
    static let frames = 8

    /// An affine map in packed form, k × n, and its bias.
    private struct Affine {
        let inputs: Int
        let outputs: Int
        let weights: Int
        let bias: Int
    }

    private struct Recurrent {
        let input: Affine
        /// H
        let cells: Int
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
    private let parameters: PackedParameters
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
            recurrent.append(packer.recurrent(width, cells, state: state))
            state += (4 + 5 * Self.frames) * cells
            width = cells
        }
        self.recurrent = recurrent
        top = packer.affine(width, 2)
        stateCount = state + Self.frames * top.outputs
        self.parameters = PackedParameters(packer.values)
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
        // Bounds: all offsets lie within the parameters and the state, which are laid out by the same numbers.
        withExtendedLifetime(parameters) {
            let θ = parameters.pointer
            state.withUnsafeMutableBufferPointer { state in
                guard let s = state.baseAddress else { preconditionFailure("a network has a state") }
                for row in stride(from: 0, to: count * inputs, by: inputs) {
                    for index in 0..<inputs { s[row + index] = θ[index] * rows[row + index] + θ[inputs + index] }
                }
                let hidden = s + Self.frames * inputs
                apply(dense, θ, count, UnsafePointer(s), inputs, hidden)
                ck_tanh(count * dense.outputs, hidden, hidden)
                var (below, width) = (UnsafePointer(hidden), dense.outputs)
                for layer in recurrent {
                    below = run(layer, θ, count, below, width, s + layer.state)
                    width = layer.cells
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
        let cells = layer.cells
        let (h, cell, previous, squashed) = (state, state + cells, state + 2 * cells, state + 3 * cells)
        let (arguments, outputs) = (state + 4 * cells, state + (4 + 4 * Self.frames) * cells)
        apply(layer.input, θ, count, x, width, arguments)
        for frame in 0..<count {
            let (own, output) = (arguments + 4 * frame * cells, outputs + frame * cells)
            addRecurrent(layer, θ, h, own, backwards: !frame.isMultiple(of: 2))
            previous.update(from: cell, count: cells)
            ck_lstm_forward(1, cells, own, previous, θ + layer.peepholes, cell, squashed, output)
            h.update(from: output, count: cells)
        }
        return UnsafePointer(outputs)
    }

    /// Columns of the wide tiles of one row.
    private static let tile = 8 * Int(CK_PANEL)

    /// Adds W_h h to the arguments of the gates, in two parts. Every second frame begins with the part that is still in the first-level cache,
    /// which does not hold all weights: 360 instead of 430 ns for 56 cells (Zen 4).
    private func addRecurrent(
        _ layer: Recurrent, _ θ: UnsafePointer<Float>, _ h: UnsafePointer<Float>, _ arguments: UnsafeMutablePointer<Float>, backwards: Bool
    ) {
        let columns = 4 * layer.cells
        let middle = min(columns, (columns / 2 + Self.tile - 1) / Self.tile * Self.tile)
        let parts = backwards ? [middle..<columns, 0..<middle] : [0..<middle, middle..<columns]
        for part in parts where !part.isEmpty {
            let (first, c) = (θ + layer.weights + part.lowerBound * layer.cells, arguments + part.lowerBound)
            ck_product(1, part.count, layer.cells, h, layer.cells, 1, first, c, columns, c, columns)
        }
    }

    /// Parameters at the start of a cache line: on 56 cells, weights that cross lines cost 100 ns per frame (Zen 4).
    ///
    /// Unchecked: the memory is written only by the initialiser.
    private final class PackedParameters: @unchecked Sendable {
        private let memory = WorkingMemory()
        var pointer: UnsafePointer<Float> { UnsafePointer(memory.pointer) }

        init(_ values: [Float]) {
            memory.reserve(values.count, keepsSize: true)
            memory.pointer.update(from: values, count: values.count)
        }
    }

    /// Packs parameters in the order of the layers.
    private struct Packer {
        private let parameters: [Float]
        private var next = 0
        private(set) var values: [Float] = []

        init(_ parameters: [Float]) { self.parameters = parameters }

        private mutating func take(_ count: Int) -> ArraySlice<Float> {
            defer { next += count }
            return parameters[next..<next + count]
        }

        /// Appends values as they are; returns their offset.
        @discardableResult
        mutating func copy(_ count: Int) -> Int {
            defer { values += take(count) }
            return values.count
        }

        /// Appends the transpose of a matrix of `outputs` rows of `inputs` values in packed form; returns its offset.
        private mutating func pack(_ inputs: Int, _ outputs: Int) -> Int {
            let start = Self.padded(values.count)
            let rows = Array(take(outputs * inputs))
            values += repeatElement(0, count: start + inputs * Self.padded(outputs) - values.count)
            values.withUnsafeMutableBufferPointer { values in
                guard let target = values.baseAddress else { return }
                ck_pack(inputs, outputs, rows, 1, inputs, inputs, target + start)
            }
            return start
        }

        /// Values of whole panels, which are 64 bytes wide.
        private static func padded(_ count: Int) -> Int { (count + CK_PANEL - 1) / CK_PANEL * CK_PANEL }

        mutating func affine(_ inputs: Int, _ outputs: Int) -> Affine {
            Affine(inputs: inputs, outputs: outputs, weights: pack(inputs, outputs), bias: copy(outputs))
        }

        mutating func recurrent(_ inputs: Int, _ cells: Int, state: Int) -> Recurrent {
            let input = pack(inputs, 4 * cells)
            let weights = pack(cells, 4 * cells)
            let peepholes = copy(3 * cells)
            let bias = copy(4 * cells)
            return Recurrent(
                input: Affine(inputs: inputs, outputs: 4 * cells, weights: input, bias: bias), cells: cells, weights: weights,
                peepholes: peepholes, state: state)
        }
    }
}
