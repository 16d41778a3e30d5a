/// Whether confidences keep their word: of decisions made with a confidence of 80 %, are 80 % right?
///
/// Decisions are gathered in bins of equal width by their confidence, the probability of the class decided for. Bin m of M holds ((m−1)/M, m/M].
///
/// Source: C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, *On calibration of modern neural networks*, ICML 2017.
package struct Reliability: Sendable, Equatable {
    package struct Bin: Sendable, Equatable {
        package fileprivate(set) var count = 0
        package fileprivate(set) var correct = 0
        fileprivate var confidences = 0.0

        /// Nil for an empty bin.
        package var accuracy: Double? { count > 0 ? Double(correct) / Double(count) : nil }
        package var meanConfidence: Double? { count > 0 ? confidences / Double(count) : nil }
    }

    package private(set) var bins: [Bin]

    /// - Parameter bins: M, at least 1.
    package init(bins: Int = 15) {
        precondition(bins > 0, "\(bins) bins")
        self.bins = Array(repeating: Bin(), count: bins)
    }

    /// Adds a decision.
    ///
    /// - Parameter confidence: in 0 … 1.
    package mutating func add(confidence: Double, isRight: Bool) {
        let place = (confidence * Double(bins.count)).rounded(.up) - 1
        let bin = min(max(Int(place), 0), bins.count - 1)
        bins[bin].count += 1
        bins[bin].correct += isRight ? 1 : 0
        bins[bin].confidences += confidence
    }

    package var count: Int { bins.reduce(0) { $0 + $1.count } }

    /// ECE: the mean over all decisions of |accuracy − mean confidence| of their bin. Nil without decisions.
    package var expectedCalibrationError: Double? {
        guard count > 0 else { return nil }
        return bins.reduce(0) { $0 + abs(Double($1.correct) - $1.confidences) } / Double(count)
    }

    /// Mean confidence less accuracy, above 0 where the system is too sure of itself. Nil without decisions.
    package var overconfidence: Double? {
        guard count > 0 else { return nil }
        return bins.reduce(0) { $0 + $1.confidences - Double($1.correct) } / Double(count)
    }
}
