import CStimmungKernels
import StimmungTensors

/// The encoder of Whisper (A. Radford et al., *Robust speech recognition via large-scale weak supervision*, 2023), of any size, or its first
/// blocks: log-mel, two convolutions, positions, and pre-norm transformer blocks, which see the whole window.
///
///     let encoder = try WhisperEncoder(WhisperWeights(contentsOf: "whisper-tiny.safetensors", blocks: 2), blocks: [1, 2])
///     let frames = encoder.encode(samples)        // a row each 20 ms: blocks 1 and 2 side by side
///
/// The samples of a window are first brought to mean 0 and variance 1. Nothing is padded: N samples give ⌈⌊N / 160⌋ / 2⌉ frames. The same samples have
/// the same bits on the same machine.
package struct WhisperEncoder: FrameEncoder {
    private let weights: WhisperWeights
    private let logMel: LogMel
    /// The blocks whose outputs are side by side in a row; 0 is the input of the first block.
    package let blocks: [Int]

    /// The most frames of a window: 8 s. Attention takes time in proportion to their square. The weights may have fewer positions.
    private static let longest = 400

    /// - Parameter blocks: at least one, in increasing order.
    /// - Throws: `EncoderError.missingBlock` for a block that the weights do not have.
    package init(_ weights: WhisperWeights, blocks: [Int]) throws(EncoderError) {
        precondition(!blocks.isEmpty && blocks[0] >= 0 && zip(blocks, blocks.dropFirst()).allSatisfy { $0 < $1 }, "blocks \(blocks)")
        if let block = blocks.last, block > weights.blocks.count {
            throw .missingBlock(name: weights.metadata["name"] ?? "", block: block, held: weights.held)
        }
        self.weights = weights
        self.blocks = blocks
        logMel = LogMel(bands: weights.bands)
    }

    package var sampleRate: Int { 16_000 }
    package var hop: Int { 2 * LogMel.hop }
    package var width: Int { blocks.count * weights.width }
    package var window: Int { min(Self.longest, weights.positions) * hop }

    package func frames(samples count: Int) -> Int { (count / LogMel.hop + 1) / 2 }

    /// The additions and multiplications in the matrix products of a window with `count` samples, without the log-mel spectrogram.
    package func operations(samples count: Int) -> Double {
        let (t, m) = (Double(frames(samples: count)), Double(count / LogMel.hop))
        let (d, bands, blocks) = (Double(weights.width), Double(weights.bands), Double(blocks.last ?? 0))
        return 2 * (3 * m * bands * d + 3 * t * d * d + blocks * (12 * t * d * d + 2 * t * t * d))
    }

    package func encode(_ samples: [Float]) -> Matrix {
        precondition(samples.count <= window, "\(samples.count) samples for a window of \(window)")
        let rows = frames(samples: samples.count)
        var output = Matrix(rows: rows, columns: width)
        guard rows > 0 else { return output }
        var states = stem(logMel(Self.standardised(samples)))
        func emit(_ block: Int) {
            guard let place = blocks.firstIndex(of: block) else { return }
            for row in 0..<rows {
                let start = row * width + place * weights.width
                output.elements.replaceSubrange(
                    start..<start + weights.width, with: states[row * weights.width..<(row + 1) * weights.width])
            }
        }
        emit(0)
        let memory = BlockMemory(rows: rows, width: weights.width)
        for (number, block) in weights.blocks.prefix(blocks.last ?? 0).enumerated() {
            states.withUnsafeMutableBufferPointer { states in
                guard let states = states.baseAddress else { return }
                block.apply(to: states, rows: rows, width: weights.width, memory)
            }
            emit(number + 1)
        }
        return output
    }

    /// Mean 0, variance 1; constants become 0.
    package static func standardised(_ samples: [Float]) -> [Float] {
        let mean = samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
        let variance = samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(samples.count)
        let scale = 1 / (variance + 1e-7).squareRoot()
        return samples.map { Float((Double($0) - mean) * scale) }
    }

    /// The input of the first block, `rows × width`: two convolutions over three frames, the second with a step of two, and the positions.
    private func stem(_ mel: Matrix) -> [Float] {
        let (width, bands) = (weights.width, weights.bands)
        let rows = (mel.rows + 1) / 2
        // A row of zeros before and after: the edge that the convolutions see.
        let input = [Float](repeating: 0, count: bands) + mel.elements + [Float](repeating: 0, count: bands)
        var hidden = [Float](repeating: 0, count: (mel.rows + 2) * width)
        var states = [Float](repeating: 0, count: rows * width)
        var unfolded = [Float](repeating: 0, count: max(mel.rows * bands, rows * width) * 3)
        unfold(input, width: bands, step: 1, rows: mel.rows, into: &unfolded)
        withPointers(reading: unfolded, writing: &hidden) { unfolded, hidden in
            weights.first.weights.multiply(unfolded, rows: mel.rows, into: hidden + width)
            ck_gelu(mel.rows, width, weights.first.bias, hidden + width)
        }
        unfold(hidden, width: width, step: 2, rows: rows, into: &unfolded)
        withPointers(reading: unfolded, weights.position, writing: &states) { unfolded, position, states in
            weights.second.weights.multiply(unfolded, rows: rows, into: states)
            ck_gelu(rows, width, weights.second.bias, states)
            for index in 0..<rows * width { states[index] += position[index] }
        }
        return states
    }

    /// Row t of the result is rows step · t … step · t + 2 of x.
    private func unfold(_ x: [Float], width: Int, step: Int, rows: Int, into y: inout [Float]) {
        // Bounds: x has a row more than these at either end.
        withPointers(reading: x, writing: &y) { x, y in
            for row in 0..<rows { (y + row * 3 * width).update(from: x + row * step * width, count: 3 * width) }
        }
    }
}

/// Working memory for the blocks of one window of `rows` frames.
private final class BlockMemory {
    /// `rows × width`.
    let normed: UnsafeMutablePointer<Float>
    /// Queries, keys and values, `rows × width` each; or the expansion, `rows × 4 width`.
    let wide: UnsafeMutablePointer<Float>
    /// `rows × width`.
    let attended: UnsafeMutablePointer<Float>
    /// `rows × stride`: the attention of a head, in rows of a multiple of 16.
    let scores: UnsafeMutablePointer<Float>
    let stride: Int
    /// The keys or the values of a head, packed: 64 × `stride`.
    let packed: UnsafeMutablePointer<Float>

    init(rows: Int, width: Int) {
        normed = .allocate(capacity: rows * width)
        wide = .allocate(capacity: rows * 4 * width)
        attended = .allocate(capacity: rows * width)
        stride = WeightMatrix.padded(rows)
        scores = .allocate(capacity: rows * stride)
        packed = .allocate(capacity: WhisperWeights.head * stride)
        normed.initialize(repeating: 0, count: rows * width)
        wide.initialize(repeating: 0, count: rows * 4 * width)
        attended.initialize(repeating: 0, count: rows * width)
        scores.initialize(repeating: 0, count: rows * stride)
        packed.initialize(repeating: 0, count: WhisperWeights.head * stride)
    }

    deinit {
        normed.deallocate()
        wide.deallocate()
        attended.deallocate()
        scores.deallocate()
        packed.deallocate()
    }
}

extension WhisperWeights.Block {
    /// h += O(attention(norm(h))); h += C(gelu(E(norm(h)))).
    ///
    /// - Parameter states: h, `rows × width`.
    fileprivate func apply(to states: UnsafeMutablePointer<Float>, rows: Int, width: Int, _ memory: BlockMemory) {
        ck_layer_norm(rows, width, attentionNorm.weight, attentionNorm.bias, states, memory.normed)
        let size = rows * width
        for (number, map) in [queries, keys, values].enumerated() {
            map.multiply(memory.normed, rows: rows, into: memory.wide + number * size)
        }
        ck_add_bias(rows, width, queryBias, memory.wide)
        ck_add_bias(rows, width, valueBias, memory.wide + 2 * size)
        attend(rows: rows, width: width, memory)
        output.multiply(memory.attended, rows: rows, accumulates: true, into: states)
        ck_add_bias(rows, width, outputBias, states)

        ck_layer_norm(rows, width, finalNorm.weight, finalNorm.bias, states, memory.normed)
        expansion.multiply(memory.normed, rows: rows, into: memory.wide)
        ck_gelu(rows, 4 * width, expansionBias, memory.wide)
        contraction.multiply(memory.wide, rows: rows, accumulates: true, into: states)
        ck_add_bias(rows, width, contractionBias, states)
    }

    /// softmax(Q Kᵀ / √64) V for each head. The queries are scaled.
    private func attend(rows: Int, width: Int, _ memory: BlockMemory) {
        let (head, stride) = (WhisperWeights.head, memory.stride)
        let (queries, keys, values) = (memory.wide, memory.wide + rows * width, memory.wide + 2 * rows * width)
        for index in 0..<rows * width { queries[index] *= 0.125 }
        for first in Swift.stride(from: 0, to: width, by: head) {
            ck_pack(head, rows, keys + first, 1, width, head, memory.packed)
            ck_product(rows, stride, head, queries + first, width, 1, memory.packed, nil, 0, memory.scores, stride)
            ck_softmax_rows(rows, rows, stride, memory.scores)
            ck_pack(rows, head, values + first, width, 1, rows, memory.packed)
            ck_product(rows, head, rows, memory.scores, stride, 1, memory.packed, nil, 0, memory.attended + first, width)
        }
    }
}
