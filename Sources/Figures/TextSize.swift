/// Font sizes in pixels, and estimates of text widths.
package enum TextSize {
    package static let title = 17.0
    package static let panel = 13.0
    package static let label = 12.0
    package static let tick = 11.0
    package static let family = "Helvetica, Arial, 'DejaVu Sans', sans-serif"

    /// The approximate width of a line of text. Fonts differ, so it errs on the wide side.
    package static func width(_ text: String, size: Double) -> Double {
        text.reduce(0) { $0 + ("iljtfrI.,:;|'()[] ".contains($1) ? 0.38 : "mwMW".contains($1) ? 0.92 : 0.62) } * size
    }

    /// Wraps a text at spaces into lines of at most `width` pixels.
    package static func lines(_ text: String, size: Double, width: Double) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n") {
            var line = ""
            for word in paragraph.split(separator: " ") {
                let longer = line.isEmpty ? String(word) : line + " " + word
                if !line.isEmpty, Self.width(longer, size: size) > width {
                    lines.append(line)
                    line = String(word)
                } else {
                    line = longer
                }
            }
            lines.append(line)
        }
        return lines
    }
}
