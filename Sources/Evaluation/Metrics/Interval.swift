import StimmungSupport

/// A 95 % confidence interval of an accuracy, within 0 … 1.
///
/// Both kinds count utterances as independent. Utterances of one speaker, or of one sentence, are not quite, so the truth is
/// somewhat wider; the intervals say what the number of utterances alone leaves open.
public struct Interval: Sendable, Equatable, Codable {
    /// Lower bound, 0 … 1.
    public var lower: Double
    /// Upper bound, `lower` … 1.
    public var upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Whether `value` lies within, bounds included.
    package func contains(_ value: Double) -> Bool {
        lower <= value && value <= upper
    }

    /// The smallest interval that contains this one and `value`: sums in another order may differ in the last bit.
    package func including(_ value: Double) -> Interval { Interval(lower: min(lower, value), upper: max(upper, value)) }

    /// In per cent: `75.1–84.9`.
    package var percent: String { "\(Percent.number(lower))–\(Percent.number(upper))" }

    /// The quantile of the standard normal distribution that leaves 2.5 % above it.
    private static let quantile = 1.959963984540054

    /// Wilson's score interval of a share of `successes` in `count` trials, `count` at least 1.
    ///
    /// Source: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, J. Am. Stat. Assoc. 22 (1927).
    package static func wilson(successes: Int, of count: Int) -> Interval {
        precondition(count > 0 && (0...count).contains(successes), "\(successes) successes of \(count)")
        return wilson(proportion: Double(successes) / Double(count), of: Double(count))
    }

    /// Wilson's score interval of a share `proportion`, 0 … 1, found in `count` trials, `count` above 0. It contains the share.
    package static func wilson(proportion: Double, of count: Double) -> Interval {
        precondition(count > 0 && (0...1).contains(proportion), "a share of \(proportion) of \(count)")
        let n = count
        let square = quantile * quantile
        let centre = proportion + square / (2 * n)
        let spread = quantile * (proportion * (1 - proportion) / n + square / (4 * n * n)).squareRoot()
        let scale = 1 + square / n
        // All or none right: a bound is exactly the share, which rounding would miss by a little.
        return Interval(lower: max(0, (centre - spread) / scale), upper: min(1, (centre + spread) / scale)).including(proportion)
    }

    /// An interval of the mean of several classes' recalls, as below, of whole numbers.
    package static func uar(recalls: [(successes: Int, of: Int)]) -> Interval {
        uar(recalls: recalls.map { (successes: Double($0.successes), of: Double($0.of)) })
    }

    /// An interval of the mean of several classes' recalls, each `successes` of a number of utterances, which is above 0.
    ///
    /// Means over seeds need not be whole numbers. The interval contains the mean of the recalls.
    ///
    /// Each class has its own Wilson interval lᵢ … uᵢ about its recall pᵢ, and their distances add as variances do: with K classes the bounds are
    /// mean(p) − √(Σ (pᵢ − lᵢ)²) / K and mean(p) + √(Σ (uᵢ − pᵢ)²) / K. So a recall of 0 or 1, or a class of a few utterances, widens
    /// the interval as it should, where a bootstrap would take the recall for certain; the bounds stay within 0 … 1; and one class gives Wilson's interval.
    ///
    /// Source: G. Y. Zou, W. Huang, X. Zhang, *A note on confidence interval estimation for a linear function of binomial
    /// proportions*, Computational Statistics & Data Analysis 53 (2009).
    package static func uar(recalls: [(successes: Double, of: Double)]) -> Interval {
        precondition(!recalls.isEmpty, "no recall to average")
        var sum = 0.0
        var below = 0.0
        var above = 0.0
        for (successes, count) in recalls {
            let recall = successes / count
            let bounds = wilson(proportion: recall, of: count)
            sum += recall
            below += (recall - bounds.lower) * (recall - bounds.lower)
            above += (bounds.upper - recall) * (bounds.upper - recall)
        }
        let classes = Double(recalls.count)
        return Interval(lower: max(0, (sum - below.squareRoot()) / classes), upper: min(1, (sum + above.squareRoot()) / classes))
            .including(sum / classes)
    }
}
