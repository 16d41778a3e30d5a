import CStimmungKernels
import StimmungNetworks
import StimmungTensors

/// One part of a batch: contrastive divergence on its n frames, with working memory that is allocated once.
///
/// Shapes: n frames, V visible and H hidden units. Sendable is unchecked: one worker at a time uses a part, and the parts are read after
/// all workers are done.
final class ContrastivePart: ContiguousGradientPart, @unchecked Sendable {
    private let layout: MachineLayout
    private let units: VisibleUnits
    /// Rows [x, x_{<t}, 1].
    private let window = WorkingMemory()
    /// c̃ + xW of the data, n × H.
    private let input = WorkingMemory()
    /// c̃ + x⁻W of the chains' frames, n × H. The same memory as `input` if there is only one Gibbs step.
    private let chainInput: WorkingMemory
    /// h⁺
    private let hidden = WorkingMemory()
    /// Sampled hidden states.
    private let drawn = WorkingMemory()
    /// b̃
    private let bias = WorkingMemory()
    /// x⁻, then x⁻ − x.
    private let frames = WorkingMemory()
    /// h⁺ − h⁻, −h⁻ and x − x⁻, times the scale of the gradient.
    private let contrast = PackedOperand()
    private let negative = PackedOperand()
    private let difference = PackedOperand()
    /// Σ h⁺ of each hidden unit, if there is a sparsity target.
    private let activity = WorkingMemory()
    /// This part's share of the mean gradient.
    let gradient = WorkingMemory()
    /// Frames of the persistent chains that have started, V values each.
    private(set) var chains: [Float]
    private let options: LearningOptions

    init(_ machine: BoltzmannMachine, _ options: LearningOptions, chains: ArraySlice<Float>) {
        layout = machine.layout
        units = machine.units
        self.options = options
        self.chains = Array(chains)
        chainInput = options.gibbsSteps == 1 ? input : WorkingMemory()
        gradient.reserve(layout.count)
    }

    private var v: Int { layout.visible }
    private var h: Int { layout.hidden }

    /// Computes the gradient on the frames with the indices `numbers`.
    ///
    /// - Parameters:
    ///   - products: those of the machine's parameters.
    ///   - scale: 1 / number of frames in the batch.
    /// - Returns: the sum of the squared reconstruction errors.
    func run(
        _ products: MachineProducts, _ windows: FrameWindows, _ numbers: ArraySlice<Int>, scale: Float, random: RandomSource
    ) -> Double {
        let n = numbers.count
        var bits = BitStream(random)
        reserve(n)
        windows.gather(numbers, into: window.pointer)
        products.hiddenInputs(n, window.pointer, into: input.pointer)
        bits.withState { ck_bernoulli(n * h, input.pointer, $0, hidden.pointer, drawn.pointer) }
        products.visibleBiases(n, window.pointer, into: bias.pointer)
        findMeans(n, products)
        let error = ck_squared_distance(n, v, layout.stride, window.pointer, frames.pointer)
        if options.isPersistent {
            goOnWithChains(n, products, &bits)
            findMeans(n, products)
        }
        runChains(n, products, &bits)
        accumulate(n, scale)
        return error
    }

    private func reserve(_ n: Int) {
        window.reserve(n * layout.stride)
        for memory in [input, chainInput, hidden, drawn] { memory.reserve(n * h) }
        for memory in [bias, frames] { memory.reserve(n * v) }
    }

    /// x⁻ = the means of the visible units, given the sampled hidden states.
    private func findMeans(_ n: Int, _ products: MachineProducts) {
        products.addHidden(n, drawn.pointer, bias: bias.pointer, into: frames.pointer)
        if units == .binary { ck_sigmoid(n * v, frames.pointer, frames.pointer) }
    }

    /// Runs k steps from the means of x⁻. Afterwards `frames` is x⁻ − x and `chainInput` is the input of h⁻.
    private func runChains(_ n: Int, _ products: MachineProducts, _ bits: inout BitStream) {
        let draws = options.drawsVisible || options.isPersistent
        for step in 1...options.gibbsSteps {
            if step > 1 {
                bits.withState { ck_bernoulli(n * h, chainInput.pointer, $0, chainInput.pointer, drawn.pointer) }
                findMeans(n, products)
            }
            if draws { draw(n, &bits) }
            if options.isPersistent, step == options.gibbsSteps { keepChains(n) }
            ck_subtract_rows(n, v, layout.stride, window.pointer, frames.pointer)
            // c̃ + x⁻W = (c̃ + xW) + (x⁻ − x)W
            products.addFrames(n, frames.pointer, inputs: input.pointer, into: chainInput.pointer)
        }
    }

    /// Samples x⁻, given its means.
    private func draw(_ n: Int, _ bits: inout BitStream) {
        bits.withState { state in
            switch units {
            case .binary: ck_choose(n * v, state, frames.pointer)
            case .gaussian: ck_add_normal(n * v, state, frames.pointer)
            }
        }
    }

    /// Samples the hidden states of the persistent chains. Chains that have not started start at the data.
    private func goOnWithChains(_ n: Int, _ products: MachineProducts, _ bits: inout BitStream) {
        for row in stride(from: chains.count / v, to: n, by: 1) {
            chains.append(contentsOf: UnsafeBufferPointer(start: window.pointer + row * layout.stride, count: v))
        }
        chains.withUnsafeBufferPointer { chains in
            guard let base = chains.baseAddress else { return }
            frames.pointer.update(from: base, count: n * v)
        }
        // Into `drawn`, because `input` is needed later: c + x⁻W = (c + xW) + (x⁻ − x)W.
        ck_subtract_rows(n, v, layout.stride, window.pointer, frames.pointer)
        products.addFrames(n, frames.pointer, inputs: input.pointer, into: drawn.pointer)
        bits.withState { ck_draw_bernoulli(n * h, $0, drawn.pointer) }
    }

    private func keepChains(_ n: Int) {
        chains.withUnsafeMutableBufferPointer { chains in
            guard let base = chains.baseAddress else { return }
            base.update(from: frames.pointer, count: n * v)
        }
    }

    /// Computes the gradient. With d = x − x⁻ and δ = h⁺ − h⁻ it is xᵀh⁺ − x⁻ᵀh⁻ = xᵀδ + dᵀh⁻ for W, x_{<t}ᵀδ for B, x_{<t}ᵀd for A, and
    /// the sums of δ and d for c and b: one product of rows [x, x_{<t}, 1] with δ, one of [x_{<t}, 1] with d, and a small one for dᵀh⁻.
    private func accumulate(_ n: Int, _ scale: Float) {
        let sparsity = options.sparsity
        let g = gradient.pointer
        if sparsity != nil {
            activity.clear(h)
            ck_add_column_sums(n, h, hidden.pointer, activity.pointer)
        }
        contrast.set(rows: n, columns: h) { contrast in
            negative.set(rows: n, columns: h) { ck_contrast(n, h, scale, hidden.pointer, chainInput.pointer, contrast, $0) }
        }
        let negatedDifference = MatrixView(frames.pointer, rows: n, columns: v)
        difference.set(negatedDifference, scale: -scale)
        contrast.multiply(
            MatrixView(window.pointer, rows: n, columns: layout.stride).transposed,
            into: MutableMatrixView(g, rows: layout.stride, columns: h))
        negative.multiply(negatedDifference.transposed, accumulates: true, into: MutableMatrixView(g, rows: v, columns: h))
        difference.multiply(
            MatrixView(window.pointer + v, rows: n, columns: layout.past + 1, stride: layout.stride).transposed,
            into: MutableMatrixView(g + layout.pastToVisible.lowerBound, rows: layout.past + 1, columns: v))
        if let sparsity {
            // Over the parts of a batch of N frames, Σ cost · (n · target − Σ h⁺) / N = cost · (target − mean h⁺).
            let bias = g + layout.hiddenBias.lowerBound
            for j in 0..<h { bias[j] += scale * sparsity.cost * (Float(n) * sparsity.target - activity.pointer[j]) }
        }
    }
}
