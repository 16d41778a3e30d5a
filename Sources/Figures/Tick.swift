import Foundation

/// A mark on an axis.
package struct Tick: Sendable, Equatable {
    package var position: Double
    package var text: String

    package init(_ position: Double, _ text: String) {
        self.position = position
        self.text = text
    }

    /// Round numbers between the ends, about `count` of them.
    package static func ticks(_ scale: Axis.Scale, _ ends: ClosedRange<Double>, count: Int) -> [Tick] {
        switch scale {
        case .linear: linear(ends, count: count)
        case .logarithmic: logarithmic(ends, count: count)
        }
    }

    private static func linear(_ ends: ClosedRange<Double>, count: Int) -> [Tick] {
        let rough = (ends.upperBound - ends.lowerBound) / Double(max(count, 1))
        guard rough > 0, rough.isFinite else { return [] }
        let power = pow(10, floor(log10(rough)))
        // The round step nearest to `rough`.
        let step = ([1, 2, 5, 10].min { abs(log($0 * power / rough)) < abs(log($1 * power / rough)) } ?? 1) * power
        let first = (ends.lowerBound / step - 1e-9).rounded(.up)
        let last = (ends.upperBound / step + 1e-9).rounded(.down)
        guard step > 0, last >= first, last - first < 100 else { return [] }
        return stride(from: first, through: last, by: 1).map { number in
            // Rounding up can give −0, which would be printed with its sign.
            let value = number == 0 ? 0 : number * step
            return Tick(value, text(value, step: step))
        }
    }

    private static func logarithmic(_ ends: ClosedRange<Double>, count: Int) -> [Tick] {
        let low = Int(floor(log10(ends.lowerBound)))
        let high = Int(ceil(log10(ends.upperBound)))
        // A range of up to two decades would have only one or two ticks, so it also has ticks at 2 and 5 times the powers.
        let factors: [Double] = high - low <= 2 ? [1, 2, 5] : [1]
        let every = max(1, (high - low) / max(count, 1))
        let ticks = stride(from: low, through: high, by: every).flatMap { exponent in
            factors.map { $0 * pow(10, Double(exponent)) }
        }
        .filter { ends.contains($0) }.map { Tick($0, text($0, step: $0)) }
        return ticks.count >= 2 ? ticks : [ends.lowerBound, ends.upperBound].map { Tick($0, text($0, step: $0 / 10)) }
    }

    /// The fewest decimals that distinguish neighbouring ticks; exponents from 10⁵ and below 10⁻⁴.
    private static func text(_ value: Double, step: Double) -> String {
        let size = max(abs(value), step)
        guard size < 1e5, step >= 1e-4 else { return value == 0 ? "0" : minus(String(format: "%.3g", value)) }
        let decimals = max(0, Int(ceil(-log10(step) - 1e-9)))
        let text = String(format: "%.\(decimals)f", value)
        return minus(text)
    }

    /// Uses a true minus sign, which is as wide as a digit.
    private static func minus(_ text: String) -> String {
        text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }
}
