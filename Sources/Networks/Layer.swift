import StimmungTensors

/// What a forward pass is for.
package enum Phase: Sendable, Equatable {
    /// Dropout drops; everything that `backward` needs is kept.
    case training
    /// Every sequence begins at rest.
    case inference
    /// As `inference`, but each sequence goes on from the state in which the pass before left it: a recording in chunks.
    case streaming
}

/// What layers share during one pass: the batch's order of rows, the phase, and a stream of random numbers.
package struct Pass: Sendable {
    /// The rows that a layer gets. While it streams, a layer that waits for later frames gives fewer rows, or more at the end, and puts
    /// their order here for the layers above it.
    package var batch: PackedBatch
    package let phase: Phase
    /// While streaming: whether these are the last rows, so that layers give what they held back.
    package let endsStream: Bool
    package var random: RandomSource

    package init(batch: PackedBatch, phase: Phase, endsStream: Bool = false, random: RandomSource = RandomSource(seed: 0)) {
        self.batch = batch
        self.phase = phase
        self.endsStream = endsStream
        self.random = random
    }
}

/// A differentiable map from the rows of a packed batch to rows: a forward and a backward function, as a pair.
///
/// A layer itself is a description without state. Its parameters are a slice of the network's flat array, in the order of
/// `parameters`; what the forward pass leaves for the backward one, it keeps in a `Trace`, whose memory is reused from pass to pass.
///
/// Shapes: `R` rows of the packed batch, `D` inputs, `K` outputs.
package protocol Layer: Sendable {
    /// Activations that `backward` needs, and the state of a stream.
    associatedtype Trace

    /// D
    var inputs: Int { get }
    /// K
    var outputs: Int { get }
    var parameters: [ParameterShape] { get }
    /// Whether outputs depend on all later frames. Such a layer cannot work frame by frame: in the streaming phase it sees the later frames of
    /// the same chunk only. One that needs a certain number of them waits for them instead, as `Context` does.
    var looksAhead: Bool { get }
    /// Whether the state after a frame goes into the next.
    var isRecurrent: Bool { get }

    /// Sets the layer's own parameters, given as zeros, to their random start.
    func initialise(_ parameters: inout [Float], using random: inout RandomSource)

    func makeTrace() -> Trace

    /// output = f(input).
    ///
    /// - Parameters:
    ///   - input: R × D.
    ///   - parameters: the layer's own, as many as its shapes say.
    ///   - output: becomes R × K, or as many rows as `pass.batch` has afterwards.
    func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix)

    /// The gradients of a function of the output, after `forward` in the training phase on the same input.
    ///
    /// - Parameters:
    ///   - output: what `forward` made, R × K.
    ///   - outputGradient: R × K; may be used as working memory.
    ///   - gradient: the layer's own parameters' gradient is added to it.
    ///   - inputGradient: becomes R × D; nil where nobody needs it.
    func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?)

    /// How the output changes with parameters and input: R{y} = (∂y/∂θ) R{θ} + (∂y/∂x) R{x}, the forward derivative along a direction, after
    /// `forward` in the training phase on the same input.
    ///
    /// Source: B. Pearlmutter, *Fast exact multiplication by the Hessian* (1994).
    ///
    /// - Parameters:
    ///   - inputTangent: R{x}, R × D; nil where the input does not change.
    ///   - parameterTangent: R{θ}, the layer's own.
    ///   - outputTangent: becomes R{y}, R × K.
    /// - Throws: `TrainingError.withoutTangent` by layers that have none.
    func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix) throws(TrainingError)
}

extension Layer {
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
    package var parameters: [ParameterShape] { [] }
    package var looksAhead: Bool { false }
    package var isRecurrent: Bool { false }
    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {}
}

extension Layer where Trace == Void {
    package func makeTrace() {}
}

extension Layer {
    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        throw .withoutTangent(layer: "\(Self.self)")
    }

    /// The tangent of a layer without parameters whose Jacobian is symmetric, as of every function of single elements: what `backward` does
    /// to a gradient.
    func tangentOfSymmetric(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) {
        guard var change = inputTangent else {
            outputTangent = Matrix(rows: output.rows, columns: outputs)
            return
        }
        var none: [Float] = []
        var result: Matrix? = Matrix(rows: 0, columns: inputs)
        backward(
            input, pass, parameters: [], trace: &trace, output: output, outputGradient: &change, gradient: &none, inputGradient: &result)
        outputTangent = result ?? outputTangent
    }
}
