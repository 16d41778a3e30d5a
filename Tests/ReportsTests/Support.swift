import Foundation
import FoundationXML
import Testing

/// What a reader of XML finds in a picture.
final class ParsedXML: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    private(set) var texts: [String] = []
    private var text = ""

    init(_ xml: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "\(String(describing: parser.parserError)), line \(parser.lineNumber)", sourceLocation: sourceLocation)
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) {
        elements.append((name, attributes))
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "text" || name == "title" || name == "desc" { texts.append(text) }
        text = ""
    }

    func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }

    /// All numbers of all paths' and lines' places.
    var coordinates: [Double] {
        let places = all("path").compactMap { $0["d"] } + all("line").flatMap { line in ["x1", "y1", "x2", "y2"].compactMap { line[$0] } }
        return places.flatMap { $0.split { !"0123456789.-einfa".contains($0) }.compactMap { Double($0) } }
    }

    /// Whether it needs anything that is not in it.
    var isSelfContained: Bool {
        !elements.contains { element in
            ["script", "foreignObject", "style", "link", "use"].contains(element.name)
                || element.attributes.contains { $0.key.hasSuffix("href") && !$0.value.hasPrefix("data:image/png;base64,") }
        }
    }
}
