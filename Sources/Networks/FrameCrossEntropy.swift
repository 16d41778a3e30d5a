import Foundation
import Tensors

/// Softmax cross-entropy of every frame: l = −Σ_r w_r log softmax(a_r)[y_r].
public enum FrameCrossEntropy {
    /// What the loss of some frames sums up to.
    public struct Sum: Sendable, Equatable {
        /// Σ w_r l_r
        public var loss: Double = 0
        /// Σ w_r
        public var weight: Double = 0
        /// Frames whose largest logit is the target's.
        public var correct = 0
        public var frames = 0

        public static func += (sum: inout Sum, other: Sum) {
            sum.loss += other.loss
            sum.weight += other.weight
            sum.correct += other.correct
            sum.frames += other.frames
        }
    }

    /// Turns logits into their gradient in place, and returns the loss.
    ///
    /// - Parameters:
    ///   - logits: R × K; becomes scale · w_r (softmax(a_r) − onehot(y_r)).
    ///   - targets: class of each row, 0 ..< K.
    ///   - weights: weight of each class, K.
    ///   - scale: 1 over the weight of all frames of the batch makes the loss a mean.
    public static func gradient(_ logits: inout Matrix, targets: [Int], weights: [Float], scale: Float) -> Sum {
        let classes = logits.columns
        var sum = Sum()
        for (row, target) in targets.enumerated() {
            let range = row * classes..<(row + 1) * classes
            let best = LogSoftmax.apply(&logits.elements, range)
            let weight = weights[target]
            sum.loss -= Double(weight * logits.elements[range.lowerBound + target])
            sum.weight += Double(weight)
            sum.correct += best == target ? 1 : 0
            sum.frames += 1
            for (k, i) in range.enumerated() {
                logits.elements[i] = scale * weight * (exp(logits.elements[i]) - (k == target ? 1 : 0))
            }
        }
        return sum
    }
}

/// log softmax(a)[k] = a_k − log Σ_j e^a_j, computed without overflow.
public enum LogSoftmax {
    /// Applies it in place to the elements of `range`; returns the place of the largest, the first of equals.
    @discardableResult
    static func apply(_ x: inout [Float], _ range: Range<Int>) -> Int {
        var best = range.lowerBound
        for i in range where x[i] > x[best] { best = i }
        let largest = x[best]
        var total: Float = 0
        for i in range { total += exp(x[i] - largest) }
        let logTotal = largest + log(total)
        for i in range { x[i] -= logTotal }
        return best - range.lowerBound
    }

    /// Applies it in place to every row.
    public static func apply(_ x: inout Matrix) {
        for row in 0..<x.rows { apply(&x.elements, row * x.columns..<(row + 1) * x.columns) }
    }
}
