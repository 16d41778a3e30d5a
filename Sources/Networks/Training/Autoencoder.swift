import CStimmungKernels
import StimmungTensors

/// One layer of a stacked auto-encoder: h = f(W x̃ + b), x̂ = g(Uᵀ h + c), with the loss l = ½ ‖x − x̂‖² per frame.
///
/// x̃ is the frame x, or x with noise (P. Vincent et al., *Extracting and composing robust features with denoising autoencoders*, 2008); x̂
/// is compared with x. With tied weights, U is W.
///
/// g is linear for features, and bounded if the layer below is: logistic units reconstruct the outputs of a logistic layer, as in Y. Bengio
/// et al. (2007). This matters for depth. Encoder and decoder then each attenuate by a factor of four, so reconstruction needs weights
/// about four times as large as a linear layer's, and large weights carry signal and gradient through a stack. With a linear decoder, the
/// encoder's weights and outputs stay small (`docs/results/experiments.md`).
///
/// Shapes: R frames, D inputs, K hidden units; W and U are K × D, b is K, c is D. `parameters` has `W`, `b`, `U` (unless tied) and `c`. U
/// starts as W, c at 0.
package struct Autoencoder: Sendable, Equatable {
    package let inputs: Int
    package let hidden: Int
    package let units: Units
    package internal(set) var parameters: Parameters

    /// The activation functions, and whether encoder and decoder share their weights.
    package struct Units: Sendable, Equatable {
        /// f; nil is the identity.
        package var activation: Activation?
        /// g; nil is the identity.
        package var decoder: Activation?
        /// Whether U is W.
        package var isTied: Bool

        package init(activation: Activation?, decoder: Activation? = nil, isTied: Bool) {
            self.activation = activation
            self.decoder = decoder
            self.isTied = isTied
        }
    }

    /// - Parameters:
    ///   - weights: W, K · D elements.
    ///   - bias: b, K elements.
    package init(inputs: Int, hidden: Int, units: Units, weights: some Collection<Float>, bias: some Collection<Float>) {
        self.inputs = inputs
        self.hidden = hidden
        self.units = units
        let encoder = [
            ParameterShape("W", rows: hidden, columns: inputs, isWeight: true), ParameterShape("b", columns: hidden),
        ]
        let own = [ParameterShape("U", rows: hidden, columns: inputs, isWeight: true)]
        parameters = Parameters(layers: [encoder + (units.isTied ? [] : own) + [ParameterShape("c", columns: inputs)]])
        let values = Array(weights) + Array(bias) + (units.isTied ? [] : Array(weights)) + [Float](repeating: 0, count: inputs)
        precondition(values.count == parameters.values.count, "weights or bias of the wrong size")
        parameters.values = values
    }

    package var weights: ArraySlice<Float> { parameters.values[..<biasOffset] }
    package var bias: ArraySlice<Float> { parameters.values[biasOffset..<biasOffset + hidden] }

    private var biasOffset: Int { hidden * inputs }
    /// Offset of U.
    private var decoderOffset: Int { units.isTied ? 0 : biasOffset + hidden }
    private var outputBiasOffset: Int { parameters.values.count - inputs }

    /// Working memory, reused from call to call.
    struct Memory {
        let hidden = WorkingMemory()
        let output = WorkingMemory()
        let error = WorkingMemory()
        let hiddenGradient = WorkingMemory()
    }

    /// The loss Σ_r ½ ‖x_r − x̂_r‖² of R frames, and its gradient times `scale`.
    ///
    /// - Parameters:
    ///   - frames: x, R × D.
    ///   - corrupted: x̃, R × D.
    ///   - gradient: an array of the parameters' length; set to the gradient.
    func loss(of frames: Matrix, from corrupted: Matrix, scale: Float, memory: Memory, gradient: inout [Float]) -> Double {
        let (rows, d, k) = (frames.rows, inputs, hidden)
        memory.hidden.reserve(rows * k)
        memory.hiddenGradient.reserve(rows * k)
        memory.output.reserve(rows * d)
        memory.error.reserve(rows * d)
        let (h, δ, y, e) = (memory.hidden.pointer, memory.hiddenGradient.pointer, memory.output.pointer, memory.error.pointer)
        var loss = 0.0
        // Bounds: x and x̃ are R × D, θ and dθ as in `parameters`, the memory as reserved.
        frames.elements.withUnsafeBufferPointer { x in
            withPointers(reading: corrupted.elements, parameters.values, writing: &gradient) { noisy, θ, dθ in
                guard let x = x.baseAddress else { return }
                dθ.update(repeating: 0, count: parameters.values.count)
                let noisy = MatrixView(noisy, rows: rows, columns: d)
                let (encoder, decoder) = (
                    MatrixView(θ, rows: k, columns: d), MatrixView(θ + decoderOffset, rows: k, columns: d)
                )
                let (hidden, error) = (MatrixView(h, rows: rows, columns: k), MatrixView(e, rows: rows, columns: d))
                Product.multiply(noisy, encoder.transposed, into: MutableMatrixView(h, rows: rows, columns: k))
                ck_add_bias(rows, k, θ + biasOffset, h)
                units.activation?.apply(rows * k, h, h)
                Product.multiply(hidden, decoder, into: MutableMatrixView(y, rows: rows, columns: d))
                ck_add_bias(rows, d, θ + outputBiasOffset, y)
                units.decoder?.apply(rows * d, y, y)
                loss = ck_squared_distance(rows, d, d, x, y) / 2
                for i in 0..<rows * d { e[i] = scale * (y[i] - x[i]) }
                units.decoder?.differentiate(rows * d, y, e)
                Product.multiply(hidden.transposed, error, into: MutableMatrixView(dθ + decoderOffset, rows: k, columns: d))
                ck_add_column_sums(rows, d, e, dθ + outputBiasOffset)
                Product.multiply(error, decoder.transposed, into: MutableMatrixView(δ, rows: rows, columns: k))
                units.activation?.differentiate(rows * k, h, δ)
                // With tied weights, this adds to the decoder's gradient.
                Product.multiply(
                    MatrixView(δ, rows: rows, columns: k).transposed, noisy, accumulates: true,
                    into: MutableMatrixView(dθ, rows: k, columns: d))
                ck_add_column_sums(rows, k, δ, dθ + biasOffset)
            }
        }
        return loss
    }

    /// The loss of frames and its gradient, for gradient checks.
    package func loss(of frames: Matrix, from corrupted: Matrix) -> (loss: Double, gradient: [Float]) {
        precondition(frames.columns == inputs && corrupted.columns == inputs && frames.rows == corrupted.rows && frames.rows > 0)
        var gradient = [Float](repeating: 0, count: parameters.values.count)
        let loss = loss(of: frames, from: corrupted, scale: 1, memory: Memory(), gradient: &gradient)
        return (loss, gradient)
    }
}
