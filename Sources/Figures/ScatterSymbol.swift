/// A filled symbol for a group of points. Colour and shape both vary, and the combination is unique for up to 40 groups.
package struct ScatterSymbol {
    private let colour: String
    private let shape: Int

    /// Eight colours (seven of Okabe and Ito, and grey) and five shapes are coprime, so the combination repeats only after 40 groups.
    package static let count = colours.count * shapes
    private static let colours = (0..<7).map { SeriesStyle($0).colour } + ["#8c8c8c"]
    private static let shapes = 5

    package init(_ number: Int) {
        colour = Self.colours[number % Self.colours.count]
        shape = number % Self.shapes
    }

    /// Draws the symbol centred on a point.
    ///
    /// - Parameter isOutlined: draws a black outline and a larger symbol.
    package func draw(x: Double, y: Double, isOutlined: Bool = false, into svg: inout SVG) {
        let r = isOutlined ? 4.6 : 3.4
        let outline = isOutlined ? "#000000" : "#ffffff"
        let width = isOutlined ? 1.5 : 0.4
        func path(_ points: [(Double, Double)]) {
            let corners = points.map { "\((x + $0.0 * r).svgText) \((y + $0.1 * r).svgText)" }
            svg.element(
                "path", ["d": "M" + corners.joined(separator: "L") + "Z", "fill": colour, "stroke": outline, "stroke-width": width])
        }
        switch shape {
        case 0: svg.element("circle", ["cx": x, "cy": y, "r": r, "fill": colour, "stroke": outline, "stroke-width": width])
        case 1: path([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
        case 2: path([(0, -1.2), (1.15, 0.9), (-1.15, 0.9)])
        case 3: path([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
        default: path([(0, 1.2), (1.15, -0.9), (-1.15, -0.9)])
        }
    }
}
