/// Figures below each other that make one.
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
