/// A chart of named series of points.
///
///     LineChart(
///         title: "Learning", x: Axis("epoch"), y: Axis("loss", unit: "nats", scale: .logarithmic),
///         series: [.init("training", y: [2, 1, 0.5]), .init("held out", y: [2.1, 1.4, 1.2])])
///
/// Points that an axis cannot show (not finite, or not above 0 on a logarithmic axis) are omitted. Their line is broken there, and the
/// chart reports the number of omitted points.
package struct LineChart: Figure {
    package struct Series: Sendable, Equatable {
        package var name: String
        package var points: [Point]

        package init(_ name: String, points: [Point]) {
            self.name = name
            self.points = points
        }

        /// Points at x = 1, 2, 3, ….
        package init(_ name: String, y: [Double]) {
            self.init(name, points: y.enumerated().map { Point(Double($0 + 1), $1) })
        }
    }

    package struct Point: Sendable, Equatable {
        package var x: Double
        package var y: Double

        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    package var title: String
    package var x: Axis
    package var y: Axis
    package var series: [Series]
    /// Position of a grey horizontal line, for example at 0; nil for none.
    package var baseline: Double?
    package var width = 460.0
    package var height = 300.0

    package init(title: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    /// Maximum number of markers per series. With more points, only some have markers.
    private static let mostMarkers = 24

    package func draw(into svg: inout SVG) {
        let points = series.flatMap(\.points)
        let shown = points.filter(hasPlace)
        let xEnds = x.ends(of: shown.map(\.x))
        let yEnds = y.ends(of: shown.map(\.y) + (baseline.map { [$0] } ?? []))
        let yTicks = y.ticks(yEnds, count: 6)
        let legend = Legend(series.map(\.name), width: width - 20)
        let left = 34 + (yTicks.map { TextSize.width($0.text, size: TextSize.tick) }.max() ?? 0)
        let top = 26 + legend.height
        let plot = Plot(x: left, y: top, width: max(width - left - 14, 20), height: max(height - top - 46, 20))

        svg.text(title, x: 0, y: 16, .init(size: TextSize.panel, isBold: true))
        svg.group(x: 10, y: 24) { legend.draw(into: &$0) }
        plot.drawFrame(into: &svg)
        plot.drawHorizontal(x.ticks(xEnds, count: 8), caption: x.caption, into: &svg) { x.share($0, of: xEnds) }
        plot.drawVertical(yTicks, caption: Plot.Caption(y.caption, x: 12), hasGrid: true, into: &svg) { y.share($0, of: yEnds) }
        if let baseline, y.holds(baseline) {
            let height = plot.yPosition(y.share(baseline, of: yEnds))
            svg.line(from: (plot.x, height), to: (plot.x + plot.width, height), .init("#777777"))
        }
        for (number, series) in series.enumerated() {
            draw(series, number, into: &svg) {
                (plot.x + plot.width * x.share($0.x, of: xEnds), plot.yPosition(y.share($0.y, of: yEnds)))
            }
        }
        if shown.count < points.count {
            let text = shown.isEmpty ? "no points to show" : "points not shown: \(points.count - shown.count)"
            svg.text(text, x: plot.x + 6, y: plot.y + plot.height - 6, .init(size: TextSize.tick, colour: "#555555"))
        }
    }

    /// Whether both axes can show the point. Points outside a given range are not shown.
    private func hasPlace(_ point: Point) -> Bool {
        x.holds(point.x) && y.holds(point.y) && (x.range?.contains(point.x) ?? true) && (y.range?.contains(point.y) ?? true)
    }

    private func draw(_ series: Series, _ seriesNumber: Int, into svg: inout SVG, place: (Point) -> (x: Double, y: Double)) {
        let style = SeriesStyle(seriesNumber)
        var path = ""
        var isOpen = false
        for point in series.points {
            guard hasPlace(point) else {
                isOpen = false
                continue
            }
            let (x, y) = place(point)
            path += "\(isOpen ? "L" : "M")\(x.svgText) \(y.svgText)"
            isOpen = true
        }
        if !path.isEmpty {
            svg.element("path", ["d": path, "fill": "none", "stroke": style.colour, "stroke-width": 1.8, "stroke-dasharray": style.dash])
        }
        let every = max(1, (series.points.count + Self.mostMarkers - 1) / Self.mostMarkers)
        // Markers are staggered, so that those of overlapping series do not cover each other.
        let first = seriesNumber * every / max(self.series.count, 1) % every
        for (number, point) in series.points.enumerated() where number % every == first && hasPlace(point) {
            let (x, y) = place(point)
            style.drawMarker(x: x, y: y, into: &svg)
        }
    }
}
