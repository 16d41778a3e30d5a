import Foundation
import StimmungSupport
import StimmungTensors

/// The loss l(ŷ, y) per frame, with optional label smoothing: t = (1 − s) onehot(y) + s / K for K classes.
///
/// `crossEntropy`: l = −Σ_k t_k log softmax(a)_k of a network's outputs a. `squaredError`: l = ½ ‖ŷ − t‖² with ŷ = e^a: the outputs a are
/// logarithms, such as those of `LogSigmoid`.
///
/// Label smoothing: C. Szegedy et al., *Rethinking the Inception architecture* (2016).
package struct FrameLoss: Sendable, Equatable {
    package enum Kind: String, Sendable, Choice {
        case crossEntropy = "cross-entropy"
        case squaredError = "squared-error"
    }

    package var kind: Kind
    /// s, 0 ..< 1
    package var labelSmoothing: Float

    package init(_ kind: Kind = .crossEntropy, labelSmoothing: Float = 0) {
        self.kind = kind
        self.labelSmoothing = labelSmoothing
    }

    /// The summed loss of a number of frames.
    package struct Sum: Sendable, Equatable, BitwiseCopyable {
        /// Σ w_r l_r
        package var loss: Double = 0
        /// Σ w_r
        package var weight: Double = 0
        /// Number of frames whose largest output is the target's.
        package var correct = 0
        package var frames = 0

        package init() {}

        package static func += (sum: inout Sum, other: Sum) {
            sum.loss += other.loss
            sum.weight += other.weight
            sum.correct += other.correct
            sum.frames += other.frames
        }
    }

    /// Replaces a network's outputs by the gradient of scale · Σ_r w_r l_r, and returns the loss.
    ///
    /// - Parameters:
    ///   - outputs: a, R frames × K classes; replaced by its gradient.
    ///   - targets: class y of each row, 0 ..< K.
    ///   - weights: weight w of each class, K.
    ///   - scale: the factor of the loss; 1 / (total weight of the batch's frames) gives the mean.
    ///   - masks: the classes that take part in each row's loss, K per row; nil for all classes. The others are left out of the softmax and the
    ///     targets, and their gradient is 0. The target always takes part.
    package func gradient(
        _ outputs: inout Matrix, targets: [Int], weights: [Float], scale: Float, masks: [[Bool]?]? = nil
    ) -> Sum {
        let classes = outputs.columns
        precondition(outputs.rows == targets.count, "\(targets.count) targets for \(outputs.rows) frames")
        var sum = Sum()
        // Bounds: a frame for each target, checked above; elements of the array would each be checked again.
        outputs.elements.withUnsafeMutableBufferPointer { x in
            for (row, target) in targets.enumerated() {
                let range = row * classes..<(row + 1) * classes
                let weight = weights[target]
                let mask = masks?[row] ?? nil
                let present = mask.map { mask in (0..<classes).count { mask[$0] || $0 == target } } ?? classes
                let others = labelSmoothing / Float(present)
                let frame = Frame(range: range, target: target, targetShare: 1 - labelSmoothing + others, otherShare: others, mask: mask)
                let (best, loss) =
                    switch kind {
                    case .crossEntropy: crossEntropy(x, frame, scale: scale * weight)
                    case .squaredError: squaredError(x, frame, scale: scale * weight)
                    }
                sum.loss += Double(weight * loss)
                sum.weight += Double(weight)
                sum.correct += best == target ? 1 : 0
                sum.frames += 1
            }
        }
        return sum
    }

    /// The range of a frame's outputs, and its targets t.
    private struct Frame {
        let range: Range<Int>
        let target: Int
        let targetShare: Float
        let otherShare: Float
        /// The classes that take part; nil for all.
        let mask: [Bool]?

        func share(_ k: Int) -> Float { k == target ? targetShare : isMasked(k) ? 0 : otherShare }

        func isMasked(_ k: Int) -> Bool { k != target && mask?[k] == false }
    }

    /// Gradient softmax(a) − t.
    private func crossEntropy(_ x: UnsafeMutableBufferPointer<Float>, _ frame: Frame, scale: Float) -> (best: Int, loss: Float) {
        if frame.mask != nil {
            for (k, i) in frame.range.enumerated() where frame.isMasked(k) { x[i] = -.infinity }
        }
        let best = LogSoftmax.apply(x, frame.range)
        var loss: Float = 0
        for (k, i) in frame.range.enumerated() {
            let share = frame.share(k)
            if share > 0 { loss -= share * x[i] }
            x[i] = scale * (exp(x[i]) - share)
        }
        return (best, loss)
    }

    /// Gradient (ŷ − t) ∘ ŷ with respect to a = log ŷ.
    private func squaredError(_ x: UnsafeMutableBufferPointer<Float>, _ frame: Frame, scale: Float) -> (best: Int, loss: Float) {
        var best = 0
        var largest = -Float.infinity
        var loss: Float = 0
        for (k, i) in frame.range.enumerated() {
            if frame.isMasked(k) {
                x[i] = 0
                continue
            }
            if x[i] > largest { (best, largest) = (k, x[i]) }
            let output = exp(x[i])
            let distance = output - frame.share(k)
            loss += distance * distance / 2
            x[i] = scale * distance * output
        }
        return (best, loss)
    }
}

/// log softmax(a)[k] = a_k − log Σ_j e^a_j, computed without overflow.
package enum LogSoftmax {
    /// Applies it in place to the elements of `range`; returns the index of the largest within the range, the first of equals.
    @discardableResult
    static func apply(_ x: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>) -> Int {
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
    package static func apply(_ x: inout Matrix) {
        let (rows, columns) = (x.rows, x.columns)
        x.elements.withUnsafeMutableBufferPointer { x in
            for row in 0..<rows { apply(x, row * columns..<(row + 1) * columns) }
        }
    }
}
