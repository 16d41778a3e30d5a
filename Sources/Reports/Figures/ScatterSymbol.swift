/// A filled symbol for a group of points: colour and shape differ together as long as there are at most 28 groups.
struct ScatterSymbol {
    private let colour: String
    private let shape: Int

    /// Seven colours (Okabe and Ito) and four shapes have no common divisor, so the pair repeats after 28 numbers only.
    static let count = 28

    init(_ number: Int) {
        colour = SeriesStyle(number).colour
        shape = number % 4
    }

    /// Draws it about a point.
    ///
    /// - Parameter isOutlined: in black, and larger.
    func draw(x: Double, y: Double, isOutlined: Bool = false, into svg: inout SVG) {
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
        default: path([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
        }
    }
}
