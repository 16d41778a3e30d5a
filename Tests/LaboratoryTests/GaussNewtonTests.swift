import StimmungAudio
import StimmungLaboratory
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

@Suite struct GaussNewtonTests {
    static let networks: [[any Layer]] = [
        [Dense(inputs: 3, outputs: 4), ActivationLayer(.rectifier, units: 4), Clip(units: 4, limit: 0.8), Dense(inputs: 4, outputs: 3)],
        [RNN(inputs: 3, cells: 4), Dense(inputs: 4, outputs: 3)],
        [
            Noise(units: 3, deviation: 0.1), Context(inputs: 3, left: 1, right: 2), Dense(inputs: 12, outputs: 4),
            ActivationLayer(.sigmoid, units: 4), Context(inputs: 4, left: 1, right: 0), Dense(inputs: 8, outputs: 3),
            ActivationLayer(.tanh, units: 3), LogSigmoid(units: 3),
        ],
        [RNN(inputs: 3, cells: 4, activation: .sigmoid), Scale(units: 4), RNN(inputs: 4, cells: 3)],
        [LSTM(inputs: 3, cells: 3), Dropout(units: 3, rate: 0.3), LSTM(inputs: 3, cells: 3)],
        [Dense(inputs: 3, outputs: 2), Bidirectional(LSTM(inputs: 2, cells: 2)), Dense(inputs: 4, outputs: 3)],
        [Bidirectional(RNN(inputs: 3, cells: 2, activation: .rectifier)), Dense(inputs: 4, outputs: 3)],
        [
            Noise(units: 3, deviation: 0.1), Context(inputs: 3, left: 1, right: 1), Dense(inputs: 9, outputs: 4),
            ActivationLayer(.sigmoid, units: 4), Context(inputs: 4, left: 1, right: 0), Dense(inputs: 8, outputs: 3),
            ActivationLayer(.tanh, units: 3), Dense(inputs: 3, outputs: 3), LogSigmoid(units: 3),
        ],
    ]

    private func material(_ layers: [any Layer]) -> (network: Network, input: Matrix, batch: PackedBatch) {
        var random = RandomSource(seed: 4)
        var network = Network(layers, seed: 2)
        // Larger than the usual initial weights, so that no layer is nearly linear.
        for i in network.parameters.values.indices { network.parameters.values[i] += 0.5 * random.normal() }
        let batch = PackedBatch(lengths: [4, 2, 3])
        return (network, Matrix(rows: 9, columns: 3, elements: (0..<27).map { _ in random.normal() }), batch)
    }

    /// J row by row: the gradient of each output.
    private func jacobian(_ network: Network, _ input: Matrix, _ pass: Pass) -> [[Float]] {
        let memory = network.makeMemory()
        return (0..<input.rows * network.outputs).map { place in
            _ = memory.forward(network, input, pass)
            var one = Matrix(rows: input.rows, columns: network.outputs)
            one.elements[place] = 1
            memory.backward(network, outputGradient: one, pass)
            var gradient = [Float](repeating: 0, count: network.parameters.values.count)
            memory.addGradient(to: &gradient)
            return gradient
        }
    }

    /// Compares Gv with JᵀHJv for explicit J and H.
    @Test(arguments: networks.indices, [true, false]) func productsEqualThoseOfTheMatrix(number: Int, isCrossEntropy: Bool) throws {
        let (network, input, batch) = material(Self.networks[number])
        let k = network.outputs
        let loss: any OutputLoss =
            isCrossEntropy
            ? CrossEntropyLoss(targets: (0..<9).map { $0 % k }, scale: 0.25)
            : SquaredErrorLoss(from: 6, targets: Matrix(rows: 3, columns: k, repeating: 0.5), scale: 0.5)
        let objective = NetworkObjective(
            network, parts: [NetworkObjective.Part(input: input, batch: batch, loss: loss)], workers: Workers(threads: 1), seed: 5)
        _ = objective.lossAndGradient(network.parameters.values)
        let pass = Pass(batch: batch, phase: .training, random: RandomSource(seed: 5).stream(0, 0))
        let j = jacobian(network, input, pass)
        let output = network.makeMemory().forward(network, input, pass)
        var random = RandomSource(seed: 6)
        let v = network.parameters.values.map { _ in random.normal() }
        // H Jv, row by row of the batch, with H from its definition.
        let jv = j.map { zip($0, v).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
        var hjv = [Double](repeating: 0, count: jv.count)
        for row in 0..<9 {
            for a in 0..<k {
                for b in 0..<k {
                    hjv[row * k + a] += hessian(output, row, a, b, isCrossEntropy) * jv[row * k + b]
                }
            }
        }
        let expected = v.indices.map { i in zip(j, hjv).reduce(0.0) { $0 + Double($1.0[i]) * $1.1 } }
        let own = try objective.gaussNewtonProduct(v, structural: 0)
        let size = expected.reduce(0) { max($0, abs($1)) }
        for (own, expected) in zip(own, expected) { #expect(abs(Double(own) - expected) < 1e-4 * size) }
    }

    private func hessian(_ output: Matrix, _ row: Int, _ a: Int, _ b: Int, _ isCrossEntropy: Bool) -> Double {
        guard isCrossEntropy else { return a == b && row >= 6 ? 1 : 0 }
        let exps = output.row(row).map { exponential(Double($0)) }
        let p = exps.map { $0 / exps.reduce(0, +) }
        return 0.25 * ((a == b ? p[a] : 0) - p[a] * p[b])
    }

    /// Σ x^n / n!, with enough terms for logits of a few units.
    private func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1..<80 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }

    /// The mean of many estimates equals the diagonal obtained from products with unit vectors.
    @Test func theDiagonalIsEstimatedWithoutBias() throws {
        let (network, input, batch) = material(Self.networks[1])
        let loss = CrossEntropyLoss(targets: (0..<9).map { $0 % 3 }, scale: 1)
        let objective = NetworkObjective(
            network, parts: [NetworkObjective.Part(input: input, batch: batch, loss: loss)], workers: Workers(threads: 1))
        _ = objective.lossAndGradient(network.parameters.values)
        let count = network.parameters.values.count
        var mean = [Float](repeating: 0, count: count)
        for number in 0..<2000 {
            for (i, value) in objective.curvatureDiagonal(number).enumerated() { mean[i] += value / 2000 }
        }
        let exact = try (0..<count).map { i in
            var unit = [Float](repeating: 0, count: count)
            unit[i] = 1
            return try objective.gaussNewtonProduct(unit, structural: 0)[i]
        }
        let size = exact.reduce(0, max)
        for (mean, exact) in zip(mean, exact) { #expect(abs(mean - exact) < 0.1 * size) }
    }

    /// Structural damping adds ‖R{h}‖² of the recurrent layer: vᵀ(G_structural − G)v equals finite differences of h.
    @Test func structuralDampingMeasuresTheChangeOfTheState() throws {
        let (network, input, batch) = material(Self.networks[1])
        let part = NetworkObjective.Part(
            input: input, batch: batch, loss: SquaredErrorLoss(targets: Matrix(rows: 9, columns: 3), scale: 1))
        let objective = NetworkObjective(network, parts: [part], workers: Workers(threads: 2))
        var random = RandomSource(seed: 8)
        let v = network.parameters.values.map { _ in random.normal() }
        let plain = try objective.gaussNewtonProduct(v, structural: 0)
        let damped = try objective.gaussNewtonProduct(v, structural: 3)
        let added = zip(v, zip(damped, plain)).reduce(0.0) { $0 + Double($1.0) * Double($1.1.0 - $1.1.1) }
        let lower = Network([Self.networks[1][0]], seed: 2)
        func state(_ step: Float) -> [Float] {
            var moved = lower
            for i in moved.parameters.values.indices { moved.parameters.values[i] = network.parameters.values[i] + step * v[i] }
            return moved.makeMemory().forward(moved, input, Pass(batch: batch, phase: .training)).elements
        }
        let h: Float = 1e-3
        let change = zip(state(h), state(-h)).reduce(0.0) { $0 + Double(($1.0 - $1.1) / (2 * h)) * Double(($1.0 - $1.1) / (2 * h)) }
        // 3 sequences: the mean over them.
        #expect(abs(added - change * 3 / 3) < 1e-2 * change)
    }

    @Test func aLayerWithoutAForwardDerivativeIsAnError() throws {
        let network = Network([Opaque(inputs: 3)], seed: 1)
        let part = NetworkObjective.Part(
            input: Matrix(rows: 4, columns: 3), batch: PackedBatch(lengths: [4]), loss: CrossEntropyLoss(targets: [0, 1, 2, 0], scale: 1))
        let objective = NetworkObjective(network, parts: [part], workers: Workers(threads: 1))
        #expect(throws: ExperimentError.withoutTangent(layer: "Opaque")) {
            try objective.gaussNewtonProduct(network.parameters.values, structural: 0)
        }
    }

    @Test func theNumberOfThreadsDoesNotMatter() throws {
        let (network, input, batch) = material(Self.networks[4])
        let part = NetworkObjective.Part(
            input: input, batch: batch, loss: CrossEntropyLoss(targets: [Int](repeating: 1, count: 9), scale: 0.1))
        let results = try [1, 2].map { threads in
            let objective = NetworkObjective(network, parts: [part, part, part], decay: 0.01, workers: Workers(threads: threads))
            var optimiser = HessianFree()
            optimiser.iterations = 5
            return try optimiser.minimise(objective, from: network.parameters.values)
        }
        #expect(results[0] == results[1])
    }
}

/// The identity, without a tangent.
private struct Opaque: Layer {
    let inputs: Int
    var outputs: Int { inputs }

    func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output = input
    }

    func backward(_ values: LayerValues, trace: inout Void, gradients: inout LayerGradients) {
        gradients.input = gradients.output
    }

    func describe() -> LayerDescription { LayerDescription("opaque", of: self) }
}
