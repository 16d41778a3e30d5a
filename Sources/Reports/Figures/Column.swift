/// Figures below each other that make one.
struct Column: Figure {
    let figures: [any Figure]

    init(_ figures: [any Figure]) { self.figures = figures }

    var title: String { figures.first?.title ?? "" }
    var width: Double { figures.map(\.width).max() ?? 0 }
    var height: Double { figures.map(\.height).reduce(0, +) }

    func draw(into svg: inout SVG) {
        var y = 0.0
        for figure in figures {
            svg.group(x: 0, y: y) { figure.draw(into: &$0) }
            y += figure.height
        }
    }
}
