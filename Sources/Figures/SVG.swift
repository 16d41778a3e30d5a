import Foundation
import StimmungSupport

/// Builds an SVG document element by element.
///
///     var svg = SVG()
///     svg.group(x: 10, y: 20) { $0.text("a < b", x: 0, y: 0) }
///     svg.document(width: 100, height: 40, title: "Order")
///
/// Text and attributes are escaped. Numbers have at most two decimals, so the same figure gives the same bytes. The document is
/// self-contained: it has no links, scripts or embedded fonts.
package struct SVG: Sendable {
    private var body = ""

    package init() {}

    /// The part of a text that is placed at its point.
    package enum Anchor: String, Sendable {
        case start, middle, end
    }

    /// An element without content.
    package mutating func element(_ name: String, _ attributes: KeyValuePairs<String, any SVGValue>) {
        body += "<\(name)\(Self.text(attributes))/>\n"
    }

    /// A group translated by (x, y).
    package mutating func group(x: Double, y: Double, _ content: (inout SVG) -> Void) {
        group(transform: "translate(\(x.svgText) \(y.svgText))", content)
    }

    /// A group with an SVG `transform` attribute.
    package mutating func group(transform: String, _ content: (inout SVG) -> Void) {
        body += "<g transform=\"\(Self.escaped(transform))\">\n"
        content(&self)
        body += "</g>\n"
    }

    /// The style of a text, and its alignment relative to its point.
    package struct TextStyle: Sendable {
        let size: Double
        let anchor: Anchor
        let isBold: Bool
        let colour: String
        /// Clockwise rotation about the point.
        let degrees: Double

        package init(
            size: Double = TextSize.label, anchor: Anchor = .start, isBold: Bool = false, colour: String = "#000000", degrees: Double = 0
        ) {
            self.size = size
            self.anchor = anchor
            self.isBold = isBold
            self.colour = colour
            self.degrees = degrees
        }
    }

    /// The style of a line.
    package struct Stroke: Sendable {
        let colour: String
        let width: Double
        /// Lengths of dashes and gaps, or `none`.
        let dash: String

        package init(_ colour: String, width: Double = 1, dash: String = "none") {
            self.colour = colour
            self.width = width
            self.dash = dash
        }
    }

    /// A line of text with its baseline at y.
    package mutating func text(_ content: String, x: Double, y: Double, _ style: TextStyle = TextStyle()) {
        let weight = style.isBold ? " font-weight=\"bold\"" : ""
        let turn = style.degrees == 0 ? "" : " transform=\"rotate(\(style.degrees.svgText) \(x.svgText) \(y.svgText))\""
        let place = "x=\"\(x.svgText)\" y=\"\(y.svgText)\" font-size=\"\(style.size.svgText)\" text-anchor=\"\(style.anchor.rawValue)\""
        body += "<text \(place) fill=\"\(style.colour)\"\(weight)\(turn)>\(Self.escaped(content))</text>\n"
    }

    package mutating func line(from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ stroke: Stroke) {
        element(
            "line",
            [
                "x1": start.x, "y1": start.y, "x2": end.x, "y2": end.y, "stroke": stroke.colour, "stroke-width": stroke.width,
                "stroke-dasharray": stroke.dash,
            ])
    }

    /// A complete SVG file with a white background.
    ///
    /// - Parameters:
    ///   - title: short description for screen readers.
    ///   - description: longer description for screen readers.
    package func document(width: Double, height: Double, title: String, description: String = "") -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + inline(width: width, height: height, title: title, description: description)
    }

    /// The picture as an element of an HTML page.
    package func inline(width: Double, height: Double, title: String, description: String) -> String {
        let size = "width=\"\(width.svgText)\" height=\"\(height.svgText)\" viewBox=\"0 0 \(width.svgText) \(height.svgText)\""
        let description = description.isEmpty ? "" : "<desc>\(Self.escaped(description))</desc>\n"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" \(size) role="img" font-family="\(TextSize.family)">
            <title>\(Self.escaped(title))</title>
            \(description)<rect width="100%" height="100%" fill="#ffffff"/>
            \(body)</svg>

            """
    }

    private static func text(_ attributes: KeyValuePairs<String, any SVGValue>) -> String {
        attributes.map { " \($0)=\"\(escaped($1.svgText))\"" }.joined()
    }

    /// The text with XML's special characters as entities. Characters that are invalid in XML 1.0 become U+FFFD.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.withBytesSpelt().unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            // What would turn text around, and further control characters.
            case "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// The value of an attribute: a text or a number.
package protocol SVGValue {
    /// The text of the attribute before escaping.
    var svgText: String { get }
}

extension String: SVGValue {
    package var svgText: String { self }
}

extension Double: SVGValue {
    /// At most two decimals, a fiftieth of a pixel on screen; 0 if the number is not finite.
    package var svgText: String {
        guard isFinite else { return "0" }
        let text = String(format: "%.2f", self)
        let whole = text.hasSuffix(".00") ? String(text.dropLast(3)) : text.hasSuffix("0") ? String(text.dropLast()) : text
        return whole == "-0" ? "0" : whole
    }
}
