import Foundation
import StimmungFigures
import Testing

/// `docs/pictures/accuracy.svg` shows the table of `docs/accuracy.md`. Where STIMMUNG_RECORD_GOLDEN is 1, the picture is drawn anew.
struct AccuracyPictureTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs").standardized

    @Test func thePictureShowsTheTableOfThePage() throws {
        let page = try String(contentsOf: Self.docs.appending(path: "accuracy.md"), encoding: .utf8)
        let picture = try Self.picture(of: page)
        let file = Self.docs.appending(path: "pictures/accuracy.svg")
        if ProcessInfo.processInfo.environment["STIMMUNG_RECORD_GOLDEN"] == "1" { try Data(picture.utf8).write(to: file) }
        let isCurrent = try String(contentsOf: file, encoding: .utf8) == picture
        #expect(isCurrent, "docs/pictures/accuracy.svg does not show the table of docs/accuracy.md: draw it anew with make golden")
    }

    @Test func everyFigureOfTheTableIsInThePicture() throws {
        let page = """
            | system | test recordings | WA | UAR | printed in the study |
            |---|---|---|---|---|
            | `a` | new | 84.5 (81.2–87.3) | 83.9 (80.2–86.4) | 81.59 |
            | b | known | 93.5 | | |
            """
        let xml = try ParsedXML(Self.picture(of: page))
        for text in ["a: new", "b: known", "84.5 (81.2–87.3)", "83.9 (80.2–86.4)", "81.6", "93.5"] {
            #expect(xml.texts.contains(text), "\(text) of \(xml.texts)")
        }
        #expect(xml.isSelfContained)
    }

    @Test func aCellThatIsNotAFigureIsAnError() {
        let page = "| system | test recordings | WA | UAR | printed |\n|---|---|---|---|---|\n| a | new | many | | |"
        #expect(throws: UnreadableFigure.self) { try Self.picture(of: page) }
    }

    struct UnreadableFigure: Error {
        let cell: String
    }

    /// The first table of a page as a chart. Its columns: system, test recordings, and a figure for each series.
    private static func picture(of page: String) throws -> String {
        let lines = page.split(separator: "\n").drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        let rows = lines.map { $0.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map(cell) }
        let series = Array(try #require(rows.first).dropFirst(2))
        let chart = IntervalChart(
            title: "Utterances recognised (WA) and mean recall of the classes (UAR)", x: Axis("accuracy", unit: "%", range: 30...100),
            series: series,
            rows: try rows.dropFirst(2).map { row in
                .init("\(row[0]): \(row[1])", try row.dropFirst(2).map(figure))
            })
        let sheet = Sheet(
            title: "Accuracy", rows: [[chart.with { $0.plotWidth = 340 }]],
            caption: "Dots are means over three seeds, lines 95 % intervals that treat utterances as independent.")
        return sheet.document(description: "The table of docs/accuracy.md as a chart.") + "\n"
    }

    private static func cell(_ text: Substring) -> String {
        text.replacingOccurrences(of: "`", with: "").trimmingCharacters(in: .whitespaces)
    }

    /// `84.5 (81.2–87.3)`, `93.5`, or nothing.
    private static func figure(_ cell: String) throws -> IntervalChart.Entry? {
        if cell.isEmpty { return nil }
        let numbers = cell.split { " (–)".contains($0) }.map { Double($0) }
        switch numbers.count {
        case 1: if let value = numbers[0] { return .init(value) }
        case 3: if let value = numbers[0], let low = numbers[1], let high = numbers[2], low <= high { return .init(value, low...high) }
        default: break
        }
        throw UnreadableFigure(cell: cell)
    }
}
