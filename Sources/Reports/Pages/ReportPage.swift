import Foundation
import StimmungFigures
import StimmungSupport

/// A page of text, tables and pictures as one self-contained HTML file, and its pictures as files beside it.
///
///     let page = try EvaluationReport(run, network: nil, provenance: provenance).page()
///     try page.write(folder: "report")          // report/report.html, report/confusion.svg, …
///
/// The HTML is well-formed XML, without links, scripts or fonts.
public struct ReportPage: Sendable {
    package let title: String
    /// The pictures in the order of the page, each once.
    package private(set) var pictures: [Picture] = []
    private var body = ""

    /// Name of the HTML file that `write(folder:)` creates.
    public static let fileName = "report.html"

    package init(title: String) {
        self.title = title
    }

    /// A heading of the second level, or a deeper one.
    package mutating func heading(_ text: String, level: Int = 2) {
        body += "<h\(level)>\(SVG.escaped(text))</h\(level)>\n"
    }

    package mutating func paragraph(_ text: String) {
        body += "<p>\(SVG.escaped(text))</p>\n"
    }

    package mutating func list(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        body += "<ul>\n" + lines.map { "<li>\(SVG.escaped($0))</li>\n" }.joined() + "</ul>\n"
    }

    /// A table. The first column is text, the others are centred.
    package mutating func table(columns: [String], rows: [[String]]) {
        func line(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(SVG.escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        body += "<table>\n<thead>\(line(columns, "th"))</thead>\n<tbody>\n" + rows.map { line($0, "td") }.joined() + "</tbody>\n</table>\n"
    }

    /// Preformatted text, such as a recipe or a command.
    package mutating func verbatim(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { SVG.escaped(String($0)) }
        body += "<pre>\(lines.joined(separator: "\n"))</pre>\n"
    }

    /// A picture, with the name of its file below it.
    package mutating func picture(_ picture: Picture) {
        precondition(!pictures.contains { $0.name == picture.name }, "two pictures with the name \(picture.name)")
        pictures.append(picture)
        var svg = SVG()
        picture.figure.draw(into: &svg)
        let drawing = svg.inline(
            width: picture.figure.width, height: picture.figure.height, title: picture.figure.title, description: picture.shows)
        body += "<figure>\n\(drawing)<figcaption>\(SVG.escaped(picture.name))</figcaption>\n</figure>\n"
    }

    /// A section that the reader can unfold.
    package mutating func details(_ summary: String, isOpen: Bool = false, _ content: (inout ReportPage) throws -> Void) rethrows {
        body += "<details\(isOpen ? " open=\"open\"" : "")>\n<summary>\(SVG.escaped(summary))</summary>\n"
        try content(&self)
        body += "</details>\n"
    }

    /// The file's text.
    public var html: String {
        """
        <!DOCTYPE html>
        <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>\(SVG.escaped(title))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <h1>\(SVG.escaped(title))</h1>
        \(body)</body>
        </html>

        """
    }

    /// Writes the pictures, then the page, each atomically. The folder must exist.
    ///
    /// - Returns: the page's path.
    /// - Throws: a `StimmungError` if a file cannot be written.
    @discardableResult
    public func write(folder: String) throws -> String {
        for picture in pictures { try picture.write(folder: folder) }
        let path = (folder.hasSuffix("/") ? folder : folder + "/") + Self.fileName
        try AtomicFile.write(Data(html.utf8), to: path)
        return path
    }

    private static let style = """
        body { font: 15px/1.5 \(TextSize.family); color: #222; background: #fff; max-width: 1120px; margin: 2em auto; padding: 0 1.2em; }
        h1 { font-size: 1.7em; line-height: 1.25; margin: 0 0 0.6em; }
        h2 { font-size: 1.3em; margin: 2.2em 0 0.6em; padding-top: 0.6em; border-top: 2px solid #222; }
        h3 { font-size: 1.08em; margin: 1.6em 0 0.4em; }
        p, li { max-width: 54em; }
        table { border-collapse: collapse; margin: 1em 0; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.3em 0.9em; text-align: center; border-bottom: 1px solid #ddd; white-space: nowrap; }
        th { border-bottom: 2px solid #222; }
        th:first-child, td:first-child { text-align: left; padding-left: 0; }
        figure { margin: 1em 0; overflow-x: auto; }
        figure svg { max-width: 100%; height: auto; display: block; }
        figcaption { font-size: 12px; color: #555; }
        details { margin: 0.5em 0; border: 1px solid #ddd; border-radius: 4px; padding: 0.2em 0.9em; }
        summary { cursor: pointer; padding: 0.35em 0; font-weight: bold; }
        pre { background: #f5f5f5; padding: 0.8em 1em; overflow-x: auto; font-size: 13px; line-height: 1.4; }
        @media print { details { border: none; } }
        """
}
