/// An axis along the cells of a heat map.
package struct CellAxis: Sendable, Equatable {
    package var label: String
    /// Positions count in cells: the first lies between 0 and 1. nil takes round numbers of `range`.
    package var ticks: [Tick]?
    /// The numbers at the outer edges of the first and the last cell, where the cells stand for numbers.
    package var range: ClosedRange<Double>?

    private init(_ label: String, ticks: [Tick]? = nil, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.ticks = ticks
        self.range = range
    }

    /// Cells that stand side by side over a range of numbers, as frames over time.
    package static func range(_ label: String, unit: String, _ range: ClosedRange<Double>) -> CellAxis {
        CellAxis("\(label) (\(unit))", range: range)
    }

    /// A name for each cell, as a class.
    package static func names(_ label: String, _ names: [String]) -> CellAxis {
        CellAxis(label, ticks: names.enumerated().map { Tick(Double($0) + 0.5, $1) })
    }

    /// Ticks at chosen places, counted in cells.
    package static func ticks(_ label: String, _ ticks: [Tick]) -> CellAxis { CellAxis(label, ticks: ticks) }

    /// The ticks, with positions counted in cells.
    package func ticks(cells: Int, count: Int) -> [Tick] {
        if let ticks { return ticks }
        guard let range, range.lowerBound < range.upperBound else { return [] }
        let width = range.upperBound - range.lowerBound
        return Tick.ticks(.linear, range, count: count).map { Tick(($0.position - range.lowerBound) / width * Double(cells), $0.text) }
    }
}
