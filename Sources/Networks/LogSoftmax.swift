import Foundation
import StimmungTensors

/// log softmax(a)[k] = a_k − log Σ_j e^a_j, computed without overflow.
package enum LogSoftmax {
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
    package static func apply(_ x: inout Matrix) {
        for row in 0..<x.rows { apply(&x.elements, row * x.columns..<(row + 1) * x.columns) }
    }
}
