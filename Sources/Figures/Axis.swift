import Foundation

/// A numeric axis.
package struct Axis: Sendable, Equatable {
    package enum Scale: Sendable, Equatable {
        case linear
        /// Powers of ten; numbers up to 0 cannot be shown.
        case logarithmic
    }

    package var label: String
    /// Shown in brackets after the label.
    package var unit: String?
    package var scale: Scale
    /// The range shown; nil fits the data.
    package var range: ClosedRange<Double>?
    /// Whether the values are counts, such as epochs: ticks are then whole numbers.
    package var isCount: Bool

    package init(_ label: String, unit: String? = nil, scale: Scale = .linear, range: ClosedRange<Double>? = nil, isCount: Bool = false) {
        self.label = label
        self.unit = unit
        self.scale = scale
        self.range = range
        self.isCount = isCount
    }

    /// The label with its unit: `time (s)`.
    package var caption: String { unit.map { "\(label) (\($0))" } ?? label }

    /// Whether the axis can show a number.
    package func holds(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }

    /// The ends of the axis for these values: `range` if it is valid, otherwise the values' range with a small margin. Never empty.
    package func ends(of values: some Sequence<Double>) -> ClosedRange<Double> {
        if let range, holds(range.lowerBound), holds(range.upperBound), range.lowerBound < range.upperBound { return range }
        let fitting = values.filter(holds)
        guard let low = fitting.min(), let high = fitting.max() else { return scale == .linear ? 0...1 : 0.1...1 }
        switch scale {
        case .linear:
            let margin = high > low ? (high - low) * 0.04 : max(abs(low) * 0.1, 0.5)
            return low - margin...high + margin
        case .logarithmic:
            // Clamped to the range of Double, so that neither end becomes 0 or infinite.
            return high > low * 1.01
                ? max(low / 1.1, .leastNormalMagnitude)...min(high * 1.1, .greatestFiniteMagnitude)
                : max(low / 2, .leastNormalMagnitude)...min(high * 2, .greatestFiniteMagnitude)
        }
    }

    /// Round numbers between the ends, about `count` of them.
    package func ticks(_ ends: ClosedRange<Double>, count: Int) -> [Tick] {
        Tick.ticks(scale, ends, count: isCount ? min(count, max(1, Int(ends.upperBound - ends.lowerBound))) : count)
    }

    /// The relative position of a number between the ends: 0 … 1.
    package func share(_ value: Double, of ends: ClosedRange<Double>) -> Double {
        switch scale {
        case .linear: (value - ends.lowerBound) / (ends.upperBound - ends.lowerBound)
        case .logarithmic: log(value / ends.lowerBound) / log(ends.upperBound / ends.lowerBound)
        }
    }
}

/// An axis along the cells of a heat map.
package struct CellAxis: Sendable, Equatable {
    package var label: String
    /// Ticks, with positions in cells: the first cell is between 0 and 1. nil means round numbers of `range`.
    package var ticks: [Tick]?
    /// The values at the outer edges of the first and the last cell, if the cells represent a range of numbers.
    package var range: ClosedRange<Double>?

    private init(_ label: String, ticks: [Tick]? = nil, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.ticks = ticks
        self.range = range
    }

    /// Cells that divide a range of numbers, such as frames over time.
    package static func range(_ label: String, unit: String, _ range: ClosedRange<Double>) -> CellAxis {
        CellAxis("\(label) (\(unit))", range: range)
    }

    /// One name per cell, such as a class.
    package static func names(_ label: String, _ names: [String]) -> CellAxis {
        CellAxis(label, ticks: names.enumerated().map { Tick(Double($0) + 0.5, $1) })
    }

    /// Ticks at given positions, in cells.
    package static func ticks(_ label: String, _ ticks: [Tick]) -> CellAxis { CellAxis(label, ticks: ticks) }

    /// The ticks, with positions in cells.
    package func ticks(cells: Int, count: Int) -> [Tick] {
        if let ticks { return ticks }
        guard let range, range.lowerBound < range.upperBound else { return [] }
        let width = range.upperBound - range.lowerBound
        return Tick.ticks(.linear, range, count: count).map { Tick(($0.position - range.lowerBound) / width * Double(cells), $0.text) }
    }
}
