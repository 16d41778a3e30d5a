import CStimmungKernels
import Foundation
import StimmungTensors

/// An estimate of ln Z by annealed importance sampling.
package struct PartitionEstimate: Sendable, Equatable, Codable {
    package var logPartition: Double
    /// The standard error of `logPartition`, from the spread of the chains' weights. It is too small if there are so few temperatures that
    /// one chain's weight dominates.
    package var standardError: Double
}

extension BoltzmannMachine {
    /// ln Z(x_{<t}) of each frame's past, estimated by annealed importance sampling.
    ///
    /// Chains start at β = 0, where the hidden units are decoupled and Z is known, and end at β = 1, the machine itself. In between, the
    /// energy has β·W and β·c̃ in place of W and c̃. A chain's weight is the product of the ratios of unnormalised probabilities at
    /// successive β; the mean weight is an unbiased estimate of Z / Z_0.
    ///
    /// Source: R. Salakhutdinov, I. Murray, *On the quantitative analysis of deep belief networks* (2008).
    ///
    /// - Parameters:
    ///   - chains: independent runs, at least 2.
    ///   - temperatures: evenly spaced steps of β; more steps reduce the spread of the weights.
    package func annealedLogPartitions(
        _ windows: FrameWindows, chains: Int = 256, temperatures: Int = 1000, seed: UInt64
    ) -> [PartitionEstimate] {
        precondition(chains > 1 && temperatures > 0, "annealing needs chains and temperatures")
        let random = RandomSource(seed: seed)
        var result: [PartitionEstimate] = []
        for frame in 0..<windows.count {
            if order == 0, let first = result.first {
                result.append(first)
            } else {
                let chain = windows.repeating(frame, count: chains)
                result.append(estimate(chain, temperatures, BitStream(random.stream(frame))))
            }
        }
        return result
    }

    /// - Parameter windows: the same frame once per chain.
    private func estimate(_ windows: FrameWindows, _ temperatures: Int, _ bits: BitStream) -> PartitionEstimate {
        var bits = bits
        var logWeights: [Double] = []
        var logStart = 0.0
        let (z, h, x) = (WorkingMemory(), WorkingMemory(), WorkingMemory())
        inChunks(windows) { range, rows, products in
            let n = range.count
            for memory in [z, h] { memory.reserve(n * hidden) }
            x.reserve(n * visible)
            products.visibleBiases(n, rows, into: x.pointer)
            logStart = logPartitionWithoutHidden(x.pointer)
            drawVisible(n, x.pointer, &bits)
            var weights = [Double](repeating: 0, count: n)
            var β: Float = 0
            for step in 1...temperatures {
                let next = Float(step) / Float(temperatures)
                for row in 0..<n { (rows + row * layout.stride).update(from: x.pointer + row * visible, count: visible) }
                products.hiddenInputs(n, rows, into: z.pointer)
                for row in 0..<n { weights[row] -= softplusSum(z.pointer + row * hidden, β, scratch: h.pointer) }
                for row in 0..<n { weights[row] += softplusSum(z.pointer + row * hidden, next, scratch: h.pointer) }
                β = next
                // One Gibbs step that leaves the distribution at β invariant.
                for i in 0..<n * hidden { z.pointer[i] *= β }
                bits.withState { ck_bernoulli(n * hidden, z.pointer, $0, z.pointer, h.pointer) }
                products.visibleBiases(n, rows, into: x.pointer)
                parameters.withUnsafeBufferPointer { if let θ = $0.baseAddress { products.setVisibleWeights(θ, scale: β) } }
                products.addHidden(n, h.pointer, to: x.pointer)
                drawVisible(n, x.pointer, &bits)
            }
            logWeights.append(contentsOf: weights)
        }
        let largest = logWeights.max() ?? 0
        let weights = logWeights.map { exp($0 - largest) }
        let mean = weights.reduce(0, +) / Double(weights.count)
        let variance = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count - 1)
        return PartitionEstimate(
            logPartition: logStart + largest + log(mean), standardError: (variance / Double(weights.count)).squareRoot() / mean)
    }

    /// Σ_j softplus(β z_j); `scratch` has room for H values.
    private func softplusSum(_ z: UnsafePointer<Float>, _ β: Float, scratch: UnsafeMutablePointer<Float>) -> Double {
        for j in 0..<hidden { scratch[j] = β * z[j] }
        ck_softplus(hidden, scratch, scratch)
        return sum(scratch, hidden)
    }

    /// ln Z_0: H ln 2 plus the term of the visible units with biases b̃ only.
    private func logPartitionWithoutHidden(_ bias: UnsafePointer<Float>) -> Double {
        let visibleShare =
            units == .gaussian
            ? Double(visible) / 2 * log(2 * Double.pi) : (0..<visible).reduce(0) { $0 + softplus(Double(bias[$1])) }
        return visibleShare + Double(hidden) * log(2)
    }
}
