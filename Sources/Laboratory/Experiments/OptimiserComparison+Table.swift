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
        let header = Self.padded(title, 34) + marks.map { Self.right(String(format: "%g", $0), 8) }.joined()
        return [header]
            + map { curve in
                let rate = curve.rate.map { ", rate \($0)" } ?? ""
                // A method that has ended by then has its last loss again.
                let cells = marks.map { mark in Self.right(loss(curve, mark).map { String(format: "%.4f", $0) } ?? "–", 8) }
                return Self.padded(curve.name + rate, 34) + cells.joined()
            }
    }

    /// 1, 2 and 5 times powers of ten up to the end.
    private static func marks(from start: Double, to end: Double) -> [Double] {
        let all = (0..<6).flatMap { power in [1, 2, 5].map { start * $0 * pow(10, Double(power)) } }
        return all.filter { $0 <= end * 1.0001 }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: Swift.max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - text.count)) + text
    }
}
