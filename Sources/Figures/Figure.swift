/// Something that can be drawn: a chart, a heat map, or several of them on a sheet.
package protocol Figure: Sendable {
    /// What it shows, in a line.
    var title: String { get }
    /// In pixels.
    var width: Double { get }
    var height: Double { get }
    /// Draws it with its upper left corner at 0, 0.
    func draw(into svg: inout SVG)
}

extension Figure {
    /// The figure as an SVG file of its own.
    ///
    /// - Parameter description: more words for a screen reader.
    package func document(description: String = "") -> String {
        var svg = SVG()
        draw(into: &svg)
        return svg.document(width: width, height: height, title: title, description: description)
    }
}
