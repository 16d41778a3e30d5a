import Foundation

/// Values with intervals, one row per name: dots with whiskers on a common axis, and the numbers beside them.
///
///     IntervalChart(
///         title: "Recall", x: Axis("recall", unit: "%"), series: ["lstm"],
///         rows: [.init("anger", [.init(82, 75...88)]), .init("fear", [.init(51, 40...62)])])
///
/// A row has one entry per series, in order; nil if it has no value for a series.
package struct IntervalChart: Figure {
    package struct Entry: Sendable, Equatable {
        package var value: Double
        /// nil draws only the dot.
        package var interval: ClosedRange<Double>?

        package init(_ value: Double, _ interval: ClosedRange<Double>? = nil) {
            self.value = value
            self.interval = interval
        }
    }

    package struct Row: Sendable, Equatable {
        package var name: String
        package var entries: [Entry?]

        package init(_ name: String, _ entries: [Entry?]) {
            self.name = name
            self.entries = entries
        }
    }

    package var title: String
    package var x: Axis
    package var series: [String]
    package var rows: [Row]
    /// A dashed line across all rows, with its name, such as the mean or the chance level.
    package var reference: (value: Double, name: String)?
    /// Width of the plot area in pixels.
    package var plotWidth = 300.0

    package init(title: String, x: Axis, series: [String] = [""], rows: [Row]) {
        self.title = title
        self.x = x
        self.series = series
        self.rows = rows
    }

    private static let lineHeight = 14.0
    private static let rowGap = 8.0

    private var legend: Legend { Legend(series, width: width - 20, hasLines: false) }
    private var left: Double { 14 + (rows.map { TextSize.width($0.name, size: TextSize.label) }.max() ?? 0) }
    private var numbersWidth: Double {
        10 + (rows.flatMap { $0.entries.compactMap { $0 } }.map { TextSize.width(text($0), size: TextSize.tick) }.max() ?? 0)
    }
    private var top: Double { 26 + legend.height + (reference == nil ? 0 : 14) }
    private func rowHeight(_ row: Row) -> Double { Self.rowGap + Self.lineHeight * Double(max(row.entries.count { $0 != nil }, 1)) }

    package var width: Double { left + plotWidth + numbersWidth }
    package var height: Double { top + rows.reduce(0) { $0 + rowHeight($1) } + 46 }

    private func text(_ entry: Entry) -> String {
        let value = String(format: "%.1f", entry.value)
        guard let interval = entry.interval else { return value }
        return value + String(format: " (%.1f–%.1f)", interval.lowerBound, interval.upperBound)
    }

    package func draw(into svg: inout SVG) {
        let shown = rows.flatMap { $0.entries.compactMap { $0 } }
        let ends = x.ends(
            of: shown.flatMap { [$0.value, $0.interval?.lowerBound ?? $0.value, $0.interval?.upperBound ?? $0.value] }
                + (reference.map { [$0.value] } ?? []))
        let plot = Plot(x: left, y: top, width: plotWidth, height: rows.reduce(0) { $0 + rowHeight($1) })
        func place(_ value: Double) -> Double { plot.x + plot.width * min(max(x.share(value, of: ends), 0), 1) }

        svg.text(title, x: 0, y: 16, .init(size: TextSize.panel, isBold: true))
        svg.group(x: 10, y: 24) { legend.draw(into: &$0) }
        let ticks = x.ticks(ends, count: 6)
        for tick in ticks {
            svg.line(from: (place(tick.position), plot.y), to: (place(tick.position), plot.y + plot.height), .init("#e4e4e4"))
        }
        plot.drawFrame(into: &svg)
        plot.drawHorizontal(ticks, caption: x.caption, into: &svg) { x.share($0, of: ends) }
        if let reference {
            let line = place(reference.value)
            svg.line(from: (line, plot.y), to: (line, plot.y + plot.height), .init("#555555", width: 1.2, dash: "5 3"))
            // The name stays within the figure for any value.
            let half = TextSize.width(reference.name, size: TextSize.tick) / 2
            svg.text(
                reference.name, x: min(max(line, half), width - half), y: plot.y - 4,
                .init(size: TextSize.tick, anchor: .middle, colour: "#555555"))
        }
        var y = plot.y
        for row in rows {
            let height = rowHeight(row)
            svg.text(row.name, x: plot.x - 8, y: y + height / 2 + 4, .init(anchor: .end))
            var line = y + Self.rowGap / 2 + Self.lineHeight / 2
            for (number, entry) in row.entries.enumerated() {
                guard let entry else { continue }
                draw(entry, SeriesStyle(number), y: line, place, into: &svg)
                svg.text(text(entry), x: plot.x + plot.width + 8, y: line + 4, .init(size: TextSize.tick))
                line += Self.lineHeight
            }
            y += height
            if row != rows.last { svg.line(from: (plot.x, y), to: (plot.x + plot.width, y), .init("#efefef")) }
        }
    }

    private func draw(_ entry: Entry, _ style: SeriesStyle, y: Double, _ place: (Double) -> Double, into svg: inout SVG) {
        if let interval = entry.interval {
            let (low, high) = (place(interval.lowerBound), place(interval.upperBound))
            svg.line(from: (low, y), to: (high, y), .init(style.colour, width: 1.8))
            for end in [low, high] { svg.line(from: (end, y - 3.5), to: (end, y + 3.5), .init(style.colour, width: 1.8)) }
        }
        style.drawMarker(x: place(entry.value), y: y, into: &svg)
    }
}
