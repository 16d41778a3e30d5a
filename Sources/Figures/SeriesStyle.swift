/// The style of a series. Colour, dash and marker all vary, so that series can be distinguished in greyscale print and by colour-blind
/// readers.
///
/// The colours are those of M. Okabe and K. Ito, *Color Universal Design* (2008), except yellow, which is hard to see on white.
package struct SeriesStyle: Sendable, Equatable {
    package let colour: String
    /// Lengths of dashes and gaps, or `none`.
    package let dash: String
    package let marker: Marker

    package enum Marker: CaseIterable {
        case circle, square, triangle, diamond, cross, plus
    }

    private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
    private static let dashes = ["none", "7 3", "2 3", "9 3 2 3", "4 2"]

    /// The style of a series by its index, from 0.
    package init(_ number: Int) {
        colour = Self.colours[number % Self.colours.count]
        dash = Self.dashes[number % Self.dashes.count]
        marker = Marker.allCases[number % Marker.allCases.count]
    }

    /// Draws the marker centred on a point.
    package func drawMarker(x: Double, y: Double, into svg: inout SVG) {
        let r = 3.5
        func path(_ points: [(Double, Double)]) -> String {
            "M" + points.map { "\((x + $0.0 * r).svgText) \((y + $0.1 * r).svgText)" }.joined(separator: "L") + "Z"
        }
        switch marker {
        case .circle: svg.element("circle", ["cx": x, "cy": y, "r": r, "fill": colour])
        case .square: svg.element("path", ["d": path([(-1, -1), (1, -1), (1, 1), (-1, 1)]), "fill": colour])
        case .triangle: svg.element("path", ["d": path([(0, -1.2), (1.2, 1), (-1.2, 1)]), "fill": colour])
        case .diamond: svg.element("path", ["d": path([(0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)]), "fill": colour])
        case .cross:
            svg.line(from: (x - r, y - r), to: (x + r, y + r), .init(colour, width: 1.8))
            svg.line(from: (x - r, y + r), to: (x + r, y - r), .init(colour, width: 1.8))
        case .plus:
            svg.line(from: (x - r, y), to: (x + r, y), .init(colour, width: 1.8))
            svg.line(from: (x, y - r), to: (x, y + r), .init(colour, width: 1.8))
        }
    }
}
