/// Several figures under one title, in rows, with a caption below.
package struct Sheet: Figure {
    package var title: String
    package var rows: [[any Figure]]
    /// Explains the figures; a line break starts a new paragraph.
    package var caption: String

    package init(title: String, rows: [[any Figure]], caption: String) {
        self.title = title
        self.rows = rows
        self.caption = caption
    }

    private static let margin = 20.0
    private static let gap = 24.0
    private static let rowGap = 12.0
    private static let lineHeight = 16.0
    private static let captionGap = 8.0

    private var contentWidth: Double {
        let figures = rows.map { $0.reduce(-Self.gap) { $0 + $1.width + Self.gap } }.max() ?? 0
        return max(figures, TextSize.width(title, size: TextSize.title), 480)
    }

    private var captionLines: [String] { TextSize.lines(caption, size: TextSize.label, width: contentWidth) }

    package var width: Double { contentWidth + 2 * Self.margin }
    package var height: Double {
        let figures = rows.reduce(0) { $0 + ($1.map(\.height).max() ?? 0) + Self.rowGap }
        return 2 * Self.margin + 28 + figures + Double(captionLines.count) * Self.lineHeight + Self.captionGap
    }

    package func draw(into svg: inout SVG) {
        svg.text(title, x: Self.margin, y: Self.margin + 14, .init(size: TextSize.title, isBold: true))
        var y = Self.margin + 32
        for row in rows {
            var x = Self.margin
            for figure in row {
                svg.group(x: x, y: y) { figure.draw(into: &$0) }
                x += figure.width + Self.gap
            }
            y += (row.map(\.height).max() ?? 0) + Self.rowGap
        }
        for (number, line) in captionLines.enumerated() {
            svg.text(line, x: Self.margin, y: y + Self.captionGap + Double(number) * Self.lineHeight, .init(colour: "#333333"))
        }
    }
}
