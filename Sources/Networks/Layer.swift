import StimmungTensors

/// The purpose of a forward pass.
package enum Phase: Sendable, Equatable {
    /// Dropout is active; everything that `backward` needs is kept.
    case training
    /// Every sequence begins with a zero state.
    case inference
    /// As `inference`, but each sequence resumes from its state after the previous pass: a recording in chunks.
    case streaming
}

/// State shared by the layers during one pass: the row layout of the batch, the phase, and a stream of random numbers.
package struct Pass: Sendable {
    /// The layout of the rows that a layer receives. While streaming, a layer that waits for later frames outputs fewer rows, or more at
    /// the end, and stores their layout here for the layers above it.
    package var batch: PackedBatch
    package let phase: Phase
    /// While streaming: whether these are the last rows, so that layers output the rows they delayed.
    package let endsStream: Bool
    package var random: RandomSource
    /// Of the wide products; the network's.
    package var precision = Precision.float32

    package init(batch: PackedBatch, phase: Phase, endsStream: Bool = false, random: RandomSource = RandomSource(seed: 0)) {
        self.batch = batch
        self.phase = phase
        self.endsStream = endsStream
        self.random = random
    }
}

/// A differentiable map of the rows of a packed batch: a pair of a forward and a backward function.
///
/// A layer itself has no state. Its parameters are a slice of the network's flat array, in the order of `parameters`. Values that the
/// forward pass keeps for the backward pass are in a `Trace`, whose memory is reused from pass to pass.
///
/// Code that uses layers queries `context`, `looksAhead`, `isRecurrent` or `role`, never the type. `describe()` returns the layer as data,
/// for reports and as the basis for exporters.
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
    /// The neighbouring frames that an output row is computed from, apart from recurrent state.
    var context: FrameContext { get }
    /// Whether outputs depend on all later frames. Such a layer cannot work frame by frame: in the streaming phase it sees later frames of
    /// the same chunk only. A layer that needs a fixed number of later frames (`context.right`) waits for them instead.
    var looksAhead: Bool { get }
    /// Whether the state after a frame is an input to the next frame.
    var isRecurrent: Bool { get }
    /// The layer's role in inference, for code that depends on it.
    var role: LayerRole { get }

    /// The operation with its attributes and parameters: enough to rebuild the layer in another framework.
    func describe() -> LayerDescription

    /// Sets the layer's parameters, given as zeros, to random initial values.
    func initialise(_ parameters: inout [Float], using random: inout RandomSource)

    func makeTrace() -> Trace

    /// output = f(input).
    ///
    /// - Parameters:
    ///   - input: R × D.
    ///   - parameters: the layer's slice of the network's parameters.
    ///   - output: set to R × K, where R is the number of rows of `pass.batch` after the call.
    func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix)

    /// Computes the gradients of a function L of the output, after `forward` in the training phase on the same input.
    ///
    /// - Parameters:
    ///   - values: input and output of that forward pass.
    ///   - gradients: `output` is given; `parameters` is accumulated, and `input` is set if it is needed.
    func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients)
}

extension Layer {
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
    package var parameters: [ParameterShape] { [] }
    package var context: FrameContext { .none }
    package var looksAhead: Bool { false }
    package var isRecurrent: Bool { false }
    package var role: LayerRole { .other }
    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {}
}

extension Layer where Trace == Void {
    package func makeTrace() {}
}

/// The values of a layer's forward pass in the training phase, for `backward`.
package struct LayerValues {
    /// x, R × D.
    package let input: Matrix
    /// y, R × K.
    package let output: Matrix
    /// θ, the layer's slice of the network's parameters.
    package let parameters: ArraySlice<Float>
    package let pass: Pass

    package init(input: Matrix, output: Matrix, parameters: ArraySlice<Float>, pass: Pass) {
        self.input = input
        self.output = output
        self.parameters = parameters
        self.pass = pass
    }
}

/// The gradients of one layer, in memory that is reused from pass to pass.
package struct LayerGradients {
    /// ∂L/∂y, R × K; `backward` may use it as working memory.
    package var output: Matrix
    /// ∂L/∂θ; `backward` adds to it.
    package var parameters: [Float]
    /// ∂L/∂x, R × D, after `backward`; empty unless `needsInput`.
    package var input: Matrix
    /// Whether anything below the layer needs ∂L/∂x.
    package var needsInput: Bool

    /// - Parameter allocatesParameters: whether ∂L/∂θ is allocated now, as zeros; otherwise it is empty.
    package init(of layer: some Layer, needsInput: Bool = true, allocatesParameters: Bool = true) {
        output = Matrix(rows: 0, columns: layer.outputs)
        parameters = allocatesParameters ? [Float](repeating: 0, count: layer.parameterCount) : []
        input = Matrix(rows: 0, columns: layer.inputs)
        self.needsInput = needsInput
    }

    /// Calls a kernel with pointers to ∂L/∂y and ∂L/∂θ, and to ∂L/∂x if it is needed. Neither the parameters nor the batch may be empty.
    package mutating func withPointers(
        _ kernel: (_ δ: UnsafeMutablePointer<Float>, _ dθ: UnsafeMutablePointer<Float>, _ dx: UnsafeMutablePointer<Float>?) -> Void
    ) {
        let needsInput = needsInput
        output.elements.withUnsafeMutableBufferPointer { δ in
            parameters.withUnsafeMutableBufferPointer { dθ in
                input.elements.withUnsafeMutableBufferPointer { dx in
                    guard let δ = δ.baseAddress, let dθ = dθ.baseAddress else { preconditionFailure("empty array passed to a kernel") }
                    kernel(δ, dθ, needsInput ? dx.baseAddress : nil)
                }
            }
        }
    }
}
