import Foundation
import StimmungAudio
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

struct AutoencoderTests {
    /// Frames of eight values that depend on two slowly varying ones.
    private func utterances(_ count: Int = 12, columns: Int = 8) -> [Matrix] {
        (0..<count).map { number in
            var random = RandomSource(seed: UInt64(number))
            var frames = Matrix(rows: 40, columns: columns)
            for row in 0..<40 {
                let (a, b) = (sin(0.2 * Float(row + number)), cos(0.3 * Float(row) * Float(1 + number % 3)))
                for column in 0..<columns {
                    frames[row, column] = a * Float(column % 3 - 1) + b * Float(column % 2) + 0.05 * random.normal()
                }
            }
            return frames
        }
    }

    private func options(tied: Bool = true, noise: Float = 0) -> AutoencoderOptions {
        var options = AutoencoderOptions()
        options.epochs = 8
        options.batch = 256
        options.learningRate = 0.01
        options.isTied = tied
        options.noise = noise
        options.seed = 3
        return options
    }

    private func network() -> Network {
        Network(
            [
                Noise(units: 8, deviation: 0.1), Context(inputs: 8, left: 1, right: 1), Dense(inputs: 24, outputs: 10),
                ActivationLayer(.sigmoid, units: 10), Dropout(units: 10, rate: 0.2), Dense(inputs: 10, outputs: 6),
                ActivationLayer(.tanh, units: 6), Dense(inputs: 6, outputs: 2),
            ], seed: 1)
    }

    @Test(
        arguments: [
            (Activation?.none, Activation?.none), (.sigmoid, nil), (.tanh, nil), (.sigmoid, .sigmoid), (.rectifier, .sigmoid),
            (.sigmoid, .tanh),
        ], [true, false])
    func gradientsAgainstDifferences(activations: (encoder: Activation?, decoder: Activation?), tied: Bool) {
        var random = RandomSource(seed: 1)
        func normal(_ count: Int) -> [Float] { (0..<count).map { _ in 0.5 * random.normal() } }
        let frames = Matrix(rows: 5, columns: 4, elements: normal(20))
        let corrupted = Matrix(rows: 5, columns: 4, elements: normal(20))
        func machine(_ values: [Float]) -> Autoencoder {
            Autoencoder(
                inputs: 4, hidden: 3, units: .init(activation: activations.encoder, decoder: activations.decoder, isTied: tied),
                weights: values[..<12], bias: values[12..<15])
        }
        let values = normal(15)
        let gradient = machine(values).loss(of: frames, from: corrupted).gradient
        #expect(gradient.count == (tied ? 19 : 31))
        for i in 0..<15 {
            var (above, below) = (values, values)
            above[i] += 1e-2
            below[i] -= 1e-2
            let slope =
                (machine(above).loss(of: frames, from: corrupted).loss - machine(below).loss(of: frames, from: corrupted).loss) / 2e-2
            // Untied, U is initialised to W, so a change of W changes both.
            let own = Double(gradient[i]) + (tied || i >= 12 ? 0 : Double(gradient[15 + i]))
            #expect(abs(slope - own) < 2e-3 * max(1, abs(slope)), "\(i): \(slope) and \(own)")
        }
    }

    /// The loss is ½ ‖x − x̂‖² with x̂ = Wᵀ f(W x + b), computed by hand.
    @Test func theLossIsThatOfTheReconstruction() {
        let machine = Autoencoder(inputs: 2, hidden: 1, units: .init(activation: .tanh, isTied: true), weights: [0.5, -1], bias: [0.25])
        let frame = Matrix(rows: 1, columns: 2, elements: [1, 2])
        let h = tanh(0.5 * 1 - 1 * 2 + 0.25)
        let expected = (pow(1 - 0.5 * h, 2) + pow(2 + h, 2)) / 2
        #expect(abs(machine.loss(of: frame, from: frame).loss - expected) < 1e-6)
    }

    /// With a decoder of logistic units, x̂ = σ(Wᵀ f(W x + b)).
    @Test func aBoundedDecoderReconstructsBoundedInputs() {
        let machine = Autoencoder(
            inputs: 2, hidden: 1, units: .init(activation: .sigmoid, decoder: .sigmoid, isTied: true), weights: [0.5, -1], bias: [0.25])
        let frame = Matrix(rows: 1, columns: 2, elements: [0.9, 0.2])
        func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let h = logistic(0.5 * 0.9 - 0.2 + 0.25)
        let expected = (pow(0.9 - logistic(0.5 * h), 2) + pow(0.2 - logistic(-h), 2)) / 2
        #expect(abs(machine.loss(of: frame, from: frame).loss - expected) < 1e-6)
    }

    @Test(arguments: [true, false], [Float(0), 0.3]) func everyLayerLearnsToReconstructItsInputs(tied: Bool, noise: Float) throws {
        var network = network()
        let before = network.parameters
        var losses: [Int: [Double]] = [:]
        try AutoencoderTraining(options(tied: tied, noise: noise), workers: Workers(threads: 1)).train(
            &network, on: utterances(),
            epochDone: {
                #expect($0.layers == 2 && $0.epoch == losses[$0.layer, default: []].count + 1)
                losses[$0.layer, default: []].append($0.loss)
            })
        #expect(losses.keys.sorted() == [1, 2] && losses.values.allSatisfy { $0.count == 8 })
        for (layer, values) in losses { #expect(values[7] < 0.7 * values[0], "layer \(layer): \(values)") }
        for name in ["2.W", "2.b", "5.W", "5.b"] { #expect(network.parameters[name] != before[name]) }
        for name in ["7.W", "7.b"] { #expect(network.parameters[name] == before[name]) }
    }

    @Test func noiseChangesWhatIsLearnt() throws {
        var (plain, denoising) = (network(), network())
        try AutoencoderTraining(options(), workers: Workers(threads: 1)).train(&plain, on: utterances())
        try AutoencoderTraining(options(noise: 0.5), workers: Workers(threads: 1)).train(&denoising, on: utterances())
        #expect(plain.parameters != denoising.parameters)
    }

    /// Windows gathered for each step equal those that the network computes.
    @Test func windowsEqualThoseOfTheNetwork() throws {
        var gathered = Network(
            [Context(inputs: 8, left: 2, right: 1), Dense(inputs: 32, outputs: 4), Dense(inputs: 4, outputs: 2)], seed: 1)
        var spelt = Network([Dense(inputs: 32, outputs: 4), Dense(inputs: 4, outputs: 2)], seed: 1)
        spelt.parameters.values = gathered.parameters.values
        let context = Network([Context(inputs: 8, left: 2, right: 1)], seed: 1)
        let windows = utterances().map {
            context.makeMemory().forward(context, $0, Pass(batch: PackedBatch(lengths: [$0.rows]), phase: .inference))
        }
        var options = options(noise: 0)
        options.epochs = 2
        try AutoencoderTraining(options, workers: Workers(threads: 1)).train(&gathered, on: utterances())
        try AutoencoderTraining(options, workers: Workers(threads: 1)).train(&spelt, on: windows)
        #expect(gathered.parameters.values == spelt.parameters.values)
    }

    @Test func theSameBitsForAnyNumberOfThreads() throws {
        var (one, three) = (network(), network())
        try AutoencoderTraining(options(noise: 0.2), workers: Workers(threads: 1)).train(&one, on: utterances())
        try AutoencoderTraining(options(noise: 0.2), workers: Workers(threads: 3)).train(&three, on: utterances())
        #expect(one.parameters == three.parameters)
    }

    @Test func stopsAndDivergesLikeTraining() {
        var network = network()
        var training = AutoencoderTraining(options(), workers: Workers(threads: 1))
        training.cancellation.cancel()
        #expect(throws: Cancelled()) { try training.train(&network, on: utterances()) }
        training.cancellation = Cancellation()
        #expect(throws: TrainingError.nothingToTrainOn) { try training.train(&network, on: []) }
        var frames = utterances()
        frames[0][0, 0] = .nan
        #expect(throws: TrainingError.diverged(epoch: 1)) { try training.train(&network, on: frames) }
    }
}
