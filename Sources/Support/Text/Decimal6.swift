// A file of its own: one text form.

/// Numbers as text with at most six decimals: finer than an audio sample, and precise enough for any probability.
package enum Decimal6 {
    /// `0.25`, `-3`, `0.000001`; nil for numbers that are not finite.
    package static func text(_ value: Double) -> String? {
        guard value.isFinite else { return nil }
        // Above this limit, decimals are rounding errors of the number itself.
        guard abs(value) < 1e9 else { return "\(value)" }
        let millionths = Int((value * 1e6).rounded())
        let sign = millionths < 0 ? "-" : ""
        let (whole, rest) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest > 0 else { return "\(sign)\(whole)" }
        var decimals = String(rest)
        decimals = String(repeating: "0", count: 6 - decimals.count) + decimals
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(sign)\(whole).\(decimals)"
    }
}
