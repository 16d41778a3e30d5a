// A file of its own: one text format.

/// Durations as pandas writes a `Timedelta`, which tables of audformat have.
package enum Timedelta {
    /// `1 days 02:03:04.500000`, of a duration that is not negative.
    package static func text(seconds: Double) -> String {
        let (whole, rest) = Int((seconds * 1e6).rounded()).quotientAndRemainder(dividingBy: 1_000_000)
        let clock = [whole / 3600 % 24, whole / 60 % 60, whole % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(whole / 86_400) days \(clock)" + (rest > 0 ? ".\(padded(rest, 6))" : "")
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
