import StimmungNetworks
import StimmungTensors
import StimmungSupport
import Testing

/// Networks whose products are in bfloat16.
struct PrecisionTests {
    private static let layers: [any Layer] = [
        LSTM(inputs: 7, cells: 20), RNN(inputs: 7, cells: 20), Bidirectional(LSTM(inputs: 7, cells: 10)), Dense(inputs: 7, outputs: 20),
    ]

    private let batch = PackedBatch(lengths: [9, 1, 14, 14, 6])
    private let input: Matrix

    init() {
        var random = RandomSource(seed: 1)
        input = Matrix(rows: batch.rows, columns: 7, elements: (0..<batch.rows * 7).map { _ in random.normal() })
    }

    private func network(_ number: Int, _ precision: Precision) -> Network {
        let layer = Self.layers[number]
        // The second layer asks the first for nothing, but is asked for its input's gradient.
        var network = Network([layer, Dense(inputs: layer.outputs, outputs: 20), ActivationLayer(.tanh, units: 20)], seed: 2)
        network.precision = precision
        return network
    }

    private func outputAndGradient(_ network: Network) -> (output: [Float], gradient: [Float]) {
        let (memory, pass) = (network.makeMemory(), Pass(batch: batch, phase: .training))
        let output = memory.forward(network, input, pass)
        memory.backward(network, outputGradient: output, pass)
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        memory.addGradient(to: &gradient)
        return (output.elements, gradient)
    }

    private func distance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
        let difference = zip(a, b).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (difference / a.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }

    /// Eight significant bits: an operand is within 1/256, and errors hardly add up. A product that was left in float32, or a pair of rows in the
    /// wrong order, would be outside.
    @Test(arguments: layers.indices)
    func valuesAndGradientsAreNearThoseOfFloat32(number: Int) {
        let (exact, near) = (outputAndGradient(network(number, .float32)), outputAndGradient(network(number, .bfloat16)))
        #expect((0.0005..<0.02).contains(distance(exact.output[...], near.output[...])))
        for entry in network(number, .float32).parameters.entries {
            let distance = distance(exact.gradient[entry.range], near.gradient[entry.range])
            #expect((0.0001..<0.05).contains(distance), "\(entry.name): \(distance)")
        }
    }

    /// All phases round alike, and a stream gives the bits of the whole.
    @Test(arguments: [0, 1, 3])
    func allPhasesGiveTheSameBits(number: Int) {
        let network = network(number, .bfloat16)
        let one = PackedBatch(lengths: [12])
        let rows = input.rows(0..<12)
        let memory = network.makeMemory()
        let trained = memory.forward(network, rows, Pass(batch: one, phase: .training))
        let inferred = memory.forward(network, rows, Pass(batch: one, phase: .inference))
        let stream = network.makeMemory()
        let streamed = [0..<5, 5..<12].flatMap { part in
            stream.forward(network, rows.rows(part), Pass(batch: PackedBatch(lengths: [part.count]), phase: .streaming)).elements
        }
        #expect(trained == inferred && inferred.elements == streamed)
    }

    /// Packed weights are those of the precision asked for last.
    @Test func oneMemoryServesBothPrecisions() {
        let memory = network(0, .float32).makeMemory()
        func outputs(_ precision: Precision) -> Matrix {
            var network = network(0, .float32)
            network.precision = precision
            return memory.forward(network, input, Pass(batch: batch, phase: .inference))
        }
        let (first, rounded, again) = (outputs(.float32), outputs(.bfloat16), outputs(.float32))
        #expect(first == again && first != rounded)
    }

    /// Too narrow to gain: the classes' layer.
    @Test func narrowLayersStayInFloat32() {
        var network = Network([Dense(inputs: 7, outputs: 15)], seed: 3)
        let exact = outputAndGradient(network)
        network.precision = .bfloat16
        #expect(outputAndGradient(network) == exact)
    }

    @Test func trainingTakesThePrecisionOfItsOptions() throws {
        func train(_ precision: Precision) throws -> Network {
            var options = TrainingOptions()
            (options.epochs, options.batch, options.precision) = (2, 4, precision)
            var network = Network([LSTM(inputs: 7, cells: 16), Dense(inputs: 16, outputs: 2)], seed: 4)
            let sequences = (0..<8).map { LabelledSequence(frames: input.rows(4 * $0..<4 * $0 + 6), label: $0 % 2) }
            try Trainer(options, classes: 2, workers: Workers(threads: 1)).train(&network, on: sequences)
            return network
        }
        let (exact, near) = (try train(.float32), try train(.bfloat16))
        #expect(near.precision == .bfloat16 && exact.precision == .float32)
        let distance = distance(exact.parameters.values[...], near.parameters.values[...])
        #expect((0.00001..<0.05).contains(distance), "\(distance)")
    }
}
