import Foundation

extension [OptimiserComparison.Curve] {
    /// The training loss after 1, 2, 5, 10, … passes, and after 0.1, 0.2, 0.5, … seconds, as lines of text.
    package var table: [String] {
        let passes = Self.marks(from: 1, to: Double(flatMap(\.points).map(\.passes).max() ?? 0))
        let seconds = Self.marks(from: 0.1, to: flatMap(\.points).map(\.seconds).max() ?? 0)
        return rows("loss after passes", passes) { $0.loss(afterPasses: Int($1)) }
            + [""] + rows("loss after seconds", seconds) { $0.loss(afterSeconds: $1) }
    }

    private func rows(_ title: String, _ marks: [Double], _ loss: (Element, Double) -> Double?) -> [String] {
        let header = title.padded(to: 34) + marks.map { String(format: "%g", $0).padded(to: 8, .trailing) }.joined()
        return [header]
            + map { curve in
                let rate = curve.rate.map { ", rate \($0)" } ?? ""
                // A method that has already ended repeats its last loss.
                let cells = marks.map { mark in (loss(curve, mark).map { String(format: "%.4f", $0) } ?? "–").padded(to: 8, .trailing) }
                return (curve.name + rate).padded(to: 34) + cells.joined()
            }
    }

    /// 1, 2 and 5 times powers of ten, up to `end`.
    private static func marks(from start: Double, to end: Double) -> [Double] {
        let all = (0..<6).flatMap { power in [1, 2, 5].map { start * $0 * pow(10, Double(power)) } }
        return all.filter { $0 <= end * 1.0001 }
    }
}
