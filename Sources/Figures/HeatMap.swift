import StimmungTensors

/// A matrix shown as colours, with a colour bar.
///
///     HeatMap(
///         title: "Log-mel spectrum", values: bands, x: .range("time", unit: "s", 0...2.3), y: .names("band", names), scale: .init("ln E"))
///
/// Rows of the matrix are rows of the picture. NaN is grey; values beyond the scale's range have the colour of the nearer end. A map of one
/// value has one colour. A diverging map is always centred on zero.
///
/// Small maps are drawn as vector shapes, large ones as an embedded PNG with one byte per cell, so that the figure of a long recording
/// stays small.
package struct HeatMap: Figure {
    /// A vertical line across the cells.
    package struct Mark: Sendable, Equatable {
        /// Position in cells from the left.
        package var column: Double
        package var text: String

        package init(column: Double, text: String) {
            self.column = column
            self.text = text
        }
    }

    /// The meaning of the colours.
    package struct Scale: Sendable, Equatable {
        /// The quantity shown, with its unit.
        package var label: String
        package var colours: ColourMap
        /// The values at the ends of the colour map; nil fits the data. A diverging map uses the larger magnitude for both ends.
        package var range: ClosedRange<Float>?

        package init(_ label: String, colours: ColourMap = .sequential, range: ClosedRange<Float>? = nil) {
            self.label = label
            self.colours = colours
            self.range = range
        }
    }

    package var title: String
    package var values: Matrix
    package var x: CellAxis
    package var y: CellAxis
    package var scale: Scale
    /// Whether row 0 is at the bottom, as is usual for low frequencies.
    package var isUpwards = false
    /// The text of each cell, by row and column; empty for no texts.
    package var texts: [[String]] = []
    package var marks: [Mark] = []
    package var plotWidth = 420.0
    package var plotHeight = 180.0
    /// Minimum space to the left of the cells, so that the cells of stacked maps line up.
    package var leastLeft = 0.0

    package init(title: String, values: Matrix, x: CellAxis, y: CellAxis, scale: Scale) {
        precondition(values.rows > 0 && values.columns > 0, "a heat map needs at least one cell")
        self.title = title
        self.values = values
        self.x = x
        self.y = y
        self.scale = scale
    }

    private static let top = 26.0
    private static let barGap = 14.0
    private static let barWidth = 12.0

    private var yTicks: [Tick] { y.ticks(cells: values.rows, count: max(2, Int(plotHeight / 32))) }
    package var left: Double { max(leastLeft, 32 + (yTicks.map { TextSize.width($0.text, size: TextSize.tick) }.max() ?? 0)) }
    private var barTicks: [Tick] {
        Tick.ticks(.linear, Double(ends.lowerBound)...Double(ends.upperBound), count: max(3, Int(plotHeight / 28)))
    }
    /// Space between the bar and its label.
    private var barTextWidth: Double { 8 + (barTicks.map { TextSize.width($0.text, size: TextSize.tick) }.max() ?? 0) }

    package var width: Double { left + plotWidth + Self.barGap + Self.barWidth + barTextWidth + 18 }
    package var height: Double { Self.top + plotHeight + 44 }

    /// The values at the ends of the colour map, never equal.
    package var ends: ClosedRange<Float> {
        let finite = values.elements.filter(\.isFinite)
        var low = scale.range?.lowerBound ?? finite.min() ?? 0
        var high = scale.range?.upperBound ?? finite.max() ?? 1
        if scale.colours == .diverging {
            let largest = max(abs(low), abs(high))
            (low, high) = largest > 0 ? (-largest, largest) : (-1, 1)
        }
        if low < high { return low...high }
        let half = max(abs(low) * 0.1, 0.5)
        return low - half...high + half
    }

    package func draw(into svg: inout SVG) {
        let plot = Plot(x: left, y: Self.top, width: plotWidth, height: plotHeight)
        svg.text(title, x: 0, y: 16, .init(size: TextSize.panel, isBold: true))
        drawCells(plot, into: &svg)
        plot.drawFrame(into: &svg)
        plot.drawHorizontal(x.ticks(cells: values.columns, count: 8), caption: x.label, into: &svg) { $0 / Double(values.columns) }
        plot.drawVertical(yTicks, caption: Plot.Caption(y.label, x: 12), into: &svg) { position in
            let share = position / Double(values.rows)
            return isUpwards ? share : 1 - share
        }
        for mark in marks {
            let place = plot.x + plot.width * mark.column / Double(values.columns)
            // Black on white is visible on any colour.
            svg.line(from: (place, plot.y), to: (place, plot.y + plot.height), .init("#ffffff", width: 4))
            svg.line(from: (place, plot.y), to: (place, plot.y + plot.height), .init("#000000", width: 1.6, dash: "5 3"))
            svg.text(mark.text, x: place, y: plot.y - 5, .init(size: TextSize.tick, anchor: .middle))
        }
        drawBar(plot, into: &svg)
    }

    /// Maximum number of cells drawn as shapes, whose edges are sharp in every program. Larger maps are an image of one byte per cell, to
    /// keep the file small.
    private static let mostShapes = 2500

    private func drawCells(_ plot: Plot, into svg: inout SVG) {
        let ends = ends
        var pixels: [UInt8] = []
        for place in 0..<values.rows {
            pixels += values.row(isUpwards ? values.rows - 1 - place : place).map { colour(of: $0, ends) }
        }
        if pixels.count <= Self.mostShapes {
            drawShapes(pixels, plot, into: &svg)
        } else {
            drawImage(IndexedPNG(width: values.columns, height: values.rows, palette: palette, pixels: pixels), plot, into: &svg)
        }
        guard !texts.isEmpty else { return }
        let (cellWidth, cellHeight) = (plot.width / Double(values.columns), plot.height / Double(values.rows))
        for (row, texts) in texts.enumerated().prefix(values.rows) {
            for (column, text) in texts.enumerated().prefix(values.columns) {
                let place = isUpwards ? values.rows - 1 - row : row
                svg.text(
                    text, x: plot.x + (Double(column) + 0.5) * cellWidth, y: plot.y + (Double(place) + 0.5) * cellHeight + 4,
                    .init(
                        size: TextSize.tick, anchor: .middle, colour: isDark(colour(of: values[row, column], ends)) ? "#ffffff" : "#000000")
                )
            }
        }
    }

    private var palette: [[UInt8]] { scale.colours.colours + [ColourMap.missing] }

    private func colour(of value: Float, _ ends: ClosedRange<Float>) -> UInt8 {
        guard !value.isNaN else { return UInt8(ColourMap.count) }
        let share = (min(max(value, ends.lowerBound), ends.upperBound) - ends.lowerBound) / (ends.upperBound - ends.lowerBound)
        return UInt8((share * Float(ColourMap.count - 1)).rounded())
    }

    /// Uses the Rec. 601 luma.
    private func isDark(_ colour: UInt8) -> Bool {
        zip(palette[Int(colour)], [0.299, 0.587, 0.114]).reduce(0) { $0 + Double($1.0) * $1.1 } < 128
    }

    /// Draws one path per colour; adjacent cells of a row with the same colour are merged.
    private func drawShapes(_ pixels: [UInt8], _ plot: Plot, into svg: inout SVG) {
        var pieces = [String](repeating: "", count: palette.count)
        for row in 0..<values.rows {
            var start = 0
            while start < values.columns {
                let colour = pixels[row * values.columns + start]
                var end = start + 1
                while end < values.columns, pixels[row * values.columns + end] == colour { end += 1 }
                pieces[Int(colour)] += "M\(start) \(row)h\(end - start)v1h-\(end - start)z"
                start = end
            }
        }
        // One unit per cell. The scale is written in full precision, because two decimals would shift the last cells.
        let factors = "scale(\(plot.width / Double(values.columns)) \(plot.height / Double(values.rows)))"
        svg.group(transform: "translate(\(plot.x.svgText) \(plot.y.svgText)) \(factors)") { svg in
            for (colour, path) in zip(palette, pieces) where !path.isEmpty {
                let hex = colour.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                svg.element("path", ["d": path, "fill": "#" + hex, "shape-rendering": "crispEdges"])
            }
        }
    }

    private func drawImage(_ png: IndexedPNG, _ place: Plot, into svg: inout SVG) {
        svg.element(
            "image",
            [
                "x": place.x, "y": place.y, "width": place.width, "height": place.height, "preserveAspectRatio": "none",
                "image-rendering": "optimizeSpeed", "style": "image-rendering:pixelated",
                "href": "data:image/png;base64," + png.data.base64EncodedString(),
            ])
    }

    private func drawBar(_ plot: Plot, into svg: inout SVG) {
        let bar = Plot(x: plot.x + plot.width + Self.barGap, y: plot.y, width: Self.barWidth, height: plot.height)
        let pixels = (0..<UInt8(ColourMap.count)).reversed()
        drawImage(IndexedPNG(width: 1, height: ColourMap.count, palette: palette, pixels: Array(pixels)), bar, into: &svg)
        bar.drawFrame(into: &svg)
        let right = bar.x + bar.width
        for tick in barTicks {
            let share = (tick.position - Double(ends.lowerBound)) / Double(ends.upperBound - ends.lowerBound)
            let place = bar.yPosition(share)
            svg.line(from: (right, place), to: (right + 3, place), .init(Plot.ink))
            svg.text(tick.text, x: right + 5, y: place + 4, .init(size: TextSize.tick))
        }
        svg.text(scale.label, x: right + barTextWidth + 10, y: bar.y + bar.height / 2, .init(anchor: .middle, degrees: -90))
    }
}
