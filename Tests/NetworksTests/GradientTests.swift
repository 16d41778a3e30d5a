import StimmungNetworks
import StimmungTensors
import StimmungTestSupport
import Testing

/// Checks the gradients of every layer against central finite differences, on batches of mixed lengths.
struct GradientTests {
    @Test(arguments: [[5], [4, 4, 4], [7, 1, 3, 7, 2]])
    func lstm(lengths: [Int]) {
        let check = gradientDistance(of: LSTM(inputs: 3, cells: 5), lengths: lengths, seed: 1)
        #expect(check.distances.count == 5)
        #expect(check.worst < 1e-3, "\(check.distances)")
    }

    @Test func lstmOverSeveralChunksOfSteps() {
        // More rows than one chunk of projections.
        let check = gradientDistance(of: LSTM(inputs: 2, cells: 2), lengths: [300, 250, 80], seed: 2)
        #expect(check.worst < 1e-3, "\(check.distances)")
    }

    @Test(arguments: [RNN.Activation.tanh, .sigmoid], [[5], [4, 4, 4], [7, 1, 3, 7, 2]])
    func rnn(activation: RNN.Activation, lengths: [Int]) {
        let check = gradientDistance(of: RNN(inputs: 3, cells: 5, activation: activation), lengths: lengths, seed: 10)
        #expect(check.distances.count == 4)
        #expect(check.worst < 1e-3, "\(check.distances)")
    }

    @Test(arguments: [[5], [4, 4, 4], [5, 1, 3, 5, 2]]) func rectifierRNN(lengths: [Int]) {
        // The step is so small that hardly any argument crosses the kink at 0.
        let check = gradientDistance(of: RNN(inputs: 3, cells: 5, activation: .rectifier), lengths: lengths, seed: 11, step: 1e-3)
        #expect(check.worst < 2e-3, "\(check.distances)")
    }

    @Test func rnnOverSeveralChunksOfSteps() {
        let check = gradientDistance(of: RNN(inputs: 2, cells: 2), lengths: [200, 90], seed: 12)
        #expect(check.worst < 1e-3, "\(check.distances)")
    }

    @Test(arguments: [[5], [4, 4, 4], [7, 1, 3, 7, 2]]) func bidirectional(lengths: [Int]) {
        let rnn = gradientDistance(of: Bidirectional(RNN(inputs: 3, cells: 4)), lengths: lengths, seed: 13)
        #expect(rnn.distances.count == 7 && rnn.worst < 1e-3, "\(rnn.distances)")
        let lstm = gradientDistance(of: Bidirectional(LSTM(inputs: 3, cells: 4)), lengths: lengths, seed: 14)
        #expect(lstm.distances.count == 9 && lstm.worst < 1e-3, "\(lstm.distances)")
    }

    @Test func dense() {
        #expect(gradientDistance(of: Dense(inputs: 6, outputs: 4), lengths: [3, 5], seed: 3).worst < 1e-3)
    }

    @Test func scale() {
        #expect(gradientDistance(of: Scale(units: 5), lengths: [3, 4], seed: 8).worst < 1e-3)
    }

    @Test func rectifier() {
        // The step is so small that hardly any input crosses the kink at 0.
        #expect(gradientDistance(of: ActivationLayer(.rectifier, units: 8), lengths: [4, 2], seed: 4, step: 1e-3).worst < 1e-3)
    }

    @Test func dropout() {
        #expect(gradientDistance(of: Dropout(units: 8, rate: 0.4), lengths: [4, 2], seed: 5).worst < 1e-3)
    }

    @Test func aWrongGradientIsDetected() {
        let check = gradientDistance(of: HalvedGradient(), lengths: [3], seed: 6)
        #expect(check.worst > 0.4)
    }
}

/// y = x with a wrong backward function, which the check must detect.
private struct HalvedGradient: Layer {
    let inputs = 2
    let outputs = 2

    func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.copy(input)
    }

    func backward(_ values: LayerValues, trace: inout Void, gradients: inout LayerGradients) {
        gradients.input.copy(gradients.output)
        for i in gradients.input.elements.indices { gradients.input.elements[i] /= 2 }
    }

    func describe() -> LayerDescription { LayerDescription("halved-gradient", of: self) }
}
