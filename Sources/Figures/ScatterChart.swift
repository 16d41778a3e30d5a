/// A scatter plot of grouped points without axes, such as a map of embeddings: only distances are meaningful.
package struct ScatterChart: Figure {
    package struct Point: Sendable, Equatable {
        package var x: Double
        package var y: Double
        /// An index into `groups`.
        package var group: Int
        package var isOutlined: Bool

        package init(_ x: Double, _ y: Double, group: Int, isOutlined: Bool = false) {
            self.x = x
            self.y = y
            self.group = group
            self.isOutlined = isOutlined
        }
    }

    package var title: String
    package var groups: [String]
    package var points: [Point]
    /// The legend text for outlined points; nil for none.
    package var outlineName: String?
    package var width: Double
    /// Minimum number of rows reserved for the legend, so that the plots of adjacent charts line up.
    package var leastLegendRows = 0

    package init(title: String, groups: [String], points: [Point], outlineName: String? = nil, width: Double = 460) {
        self.title = title
        self.groups = groups
        self.points = points
        self.outlineName = outlineName
        self.width = width
    }

    private var places: [(name: String, x: Double, row: Int)] {
        var places: [(String, Double, Int)] = []
        var (x, row) = (0.0, 0)
        for name in groups + (outlineName.map { [$0] } ?? []) {
            let own = 26 + TextSize.width(name, size: TextSize.tick)
            if x > 0, x + own > width - 10 { (x, row) = (0, row + 1) }
            places.append((name, x, row))
            x += own
        }
        return places
    }

    private static let rowHeight = 17.0
    /// Number of rows that the legend needs.
    package var legendRows: Int { (places.last?.row ?? -1) + 1 }
    private var top: Double { 30 + Double(max(legendRows, leastLegendRows)) * Self.rowHeight }
    package var height: Double { top + plotHeight + 4 }

    private var fitting: [Point] { points.filter { $0.x.isFinite && $0.y.isFinite } }

    /// The bounding box of the points; nil if there are none.
    private var bounds: (west: Double, east: Double, south: Double, north: Double)? {
        let fitting = fitting
        guard let west = fitting.map(\.x).min(), let east = fitting.map(\.x).max(), let south = fitting.map(\.y).min(),
            let north = fitting.map(\.y).max()
        else { return nil }
        return (west, east, south, north)
    }

    /// Height in proportion to the extent of the points, within limits.
    private var plotHeight: Double {
        guard let bounds, bounds.east > bounds.west else { return width }
        let ratio = (bounds.north - bounds.south) / (bounds.east - bounds.west)
        return width * min(max(ratio, 0.5), 1.1)
    }

    private static let margin = 12.0

    package func draw(into svg: inout SVG) {
        svg.text(title, x: 0, y: 16, .init(size: TextSize.panel, isBold: true))
        for (number, place) in places.enumerated() {
            let y = 32 + Double(place.row) * Self.rowHeight
            if number < groups.count {
                ScatterSymbol(number).draw(x: place.x + 6, y: y, into: &svg)
            } else {
                svg.element("circle", ["cx": place.x + 6, "cy": y, "r": 4.6, "fill": "none", "stroke": "#000000", "stroke-width": 1.5])
            }
            svg.text(place.name, x: place.x + 15, y: y + 4, .init(size: TextSize.tick))
        }
        let plot = Plot(x: 1, y: top, width: width - 2, height: plotHeight - 2)
        plot.drawFrame(into: &svg)
        guard let (west, east, south, north) = bounds else { return }
        // The same scale in both directions, because the chart shows distances.
        let scale = min(
            (plot.width - 2 * Self.margin) / max(east - west, .leastNormalMagnitude),
            (plot.height - 2 * Self.margin) / max(north - south, .leastNormalMagnitude))
        let factor = scale.isFinite ? scale : 0
        func draw(_ point: Point) {
            ScatterSymbol(point.group).draw(
                x: plot.x + plot.width / 2 + (point.x - (west + east) / 2) * factor,
                y: plot.y + plot.height / 2 - (point.y - (south + north) / 2) * factor, isOutlined: point.isOutlined, into: &svg)
        }
        for point in fitting where !point.isOutlined { draw(point) }
        for point in fitting where point.isOutlined { draw(point) }
    }
}
