import Foundation

/// McNemar's test: do two systems that recognised the same utterances differ in accuracy?
///
/// Only utterances that one system has right and the other wrong tell. If both are equally good, either is as likely to be the one that is
/// right, so the number that only the first has right is binomial with probability ½; the exact form needs no large counts.
///
/// Source: Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*,
/// Psychometrika 12 (1947). Utterances count as independent.
package enum McNemar {
    /// The two-sided p-value of the exact test: the probability of counts at least this uneven between equally good systems; 1 where no utterance tells.
    ///
    /// - Parameters:
    ///   - first: Utterances that only the first system has right.
    ///   - second: Utterances that only the second system has right.
    /// - Returns: A value in 0 … 1.
    package static func p(onlyFirstRight first: Int, onlySecondRight second: Int) -> Double {
        precondition(first >= 0 && second >= 0, "counts of utterances, not \(first) and \(second)")
        let fewer = min(first, second)
        let count = first + second
        // In logarithms, as 2⁻ⁿ is no longer a number from about a thousand utterances on.
        let all = lgamma(Double(count) + 1) - Double(count) * log(2)
        let tail = (0...fewer).reduce(0.0) { sum, k in sum + exp(all - lgamma(Double(k) + 1) - lgamma(Double(count - k) + 1)) }
        return min(1, 2 * tail)
    }

    /// The p-value from what each system made of the same utterances, in the same order.
    ///
    /// - Parameters:
    ///   - first: Whether the first system has each utterance right.
    ///   - second: Whether the second system has it right; as many.
    /// - Returns: A value in 0 … 1.
    package static func p(firstRight first: [Bool], secondRight second: [Bool]) -> Double {
        precondition(first.count == second.count, "\(first.count) and \(second.count) utterances")
        let pairs = zip(first, second)
        return p(onlyFirstRight: pairs.count { $0 && !$1 }, onlySecondRight: pairs.count { !$0 && $1 })
    }
}
