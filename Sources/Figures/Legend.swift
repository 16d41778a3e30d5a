/// The names of a chart's series with their line and marker, wrapped into rows. Series with an empty name are omitted.
package struct Legend {
    private let places: [(name: String, number: Int, x: Double, row: Int)]
    private let hasLines: Bool
    package let height: Double

    private static let rowHeight = 17.0

    /// Offset of a name from the start of its line sample.
    private var sample: Double { Self.sample(hasLines) }
    private static func sample(_ hasLines: Bool) -> Double { hasLines ? 34 : 14 }

    /// - Parameter hasLines: whether to draw lines as well as markers.
    package init(_ names: [String], width: Double, hasLines: Bool = true) {
        self.hasLines = hasLines
        var places: [(String, Int, Double, Int)] = []
        var x = 0.0
        var row = 0
        for (number, name) in names.enumerated() where !name.isEmpty {
            let own = Self.sample(hasLines) + TextSize.width(name, size: TextSize.tick) + 14
            if x > 0, x + own > width {
                x = 0
                row += 1
            }
            places.append((name, number, x, row))
            x += own
        }
        self.places = places
        height = places.isEmpty ? 0 : Double(row + 1) * Self.rowHeight + 4
    }

    package func draw(into svg: inout SVG) {
        for place in places {
            let style = SeriesStyle(place.number)
            let y = Double(place.row) * Self.rowHeight + 9
            if hasLines {
                svg.line(from: (place.x, y), to: (place.x + 28, y), .init(style.colour, width: 1.8, dash: style.dash))
            }
            style.drawMarker(x: place.x + (hasLines ? 14 : 4), y: y, into: &svg)
            svg.text(place.name, x: place.x + sample, y: y + 4, .init(size: TextSize.tick))
        }
    }
}
