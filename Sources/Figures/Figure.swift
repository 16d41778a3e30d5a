/// A drawable figure: a chart, a heat map, or several of them on a sheet.
package protocol Figure: Sendable {
    /// One line on the content.
    var title: String { get }
    /// Size in pixels.
    var width: Double { get }
    var height: Double { get }
    /// Draws the figure with its upper left corner at (0, 0).
    func draw(into svg: inout SVG)
}

extension Figure {
    /// The figure as a complete SVG document.
    ///
    /// - Parameter description: longer description for screen readers.
    package func document(description: String = "") -> String {
        var svg = SVG()
        draw(into: &svg)
        return svg.document(width: width, height: height, title: title, description: description)
    }
}

extension Figure {
    /// A copy with some properties changed: `chart.with { $0.width = 500 }`.
    package func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

/// Several figures, stacked vertically.
package struct Column: Figure {
    package let figures: [any Figure]

    package init(_ figures: [any Figure]) { self.figures = figures }

    package var title: String { figures.first?.title ?? "" }
    package var width: Double { figures.map(\.width).max() ?? 0 }
    package var height: Double { figures.map(\.height).reduce(0, +) }

    package func draw(into svg: inout SVG) {
        var y = 0.0
        for figure in figures {
            svg.group(x: 0, y: y) { figure.draw(into: &$0) }
            y += figure.height
        }
    }
}
