import Foundation
import StimmungFigures
import StimmungNetworks
import Testing

struct LineChartTests {
    private func paths(_ chart: LineChart) throws -> [String] {
        try ParsedXML(chart.document()).all("path").filter { $0["fill"] == "none" }.compactMap { $0["d"] }
    }

    @Test func textsAreEscapedAndComeBack() throws {
        let names = ["a < b & \"c\"", "</text><script>", "Größe 'x'", "null\u{0}\u{FFFE}"]
        let chart = LineChart(
            title: "x > 0 & y", x: Axis("<t>", unit: "s"), y: Axis("&amp;"), series: names.map { .init($0, y: [1, 2, 3]) })
        let xml = try ParsedXML(chart.document(description: "less < more"))
        for text in names.dropLast() + ["null\u{FFFD}\u{FFFD}", "x > 0 & y", "<t> (s)", "&amp;", "less < more"] {
            #expect(xml.texts.contains(text), "\(text)")
        }
        #expect(xml.isSelfContained)
    }

    @Test func seriesDifferByColourAndByDashAndMarker() throws {
        let chart = LineChart(title: "", x: Axis("x"), y: Axis("y"), series: (0..<5).map { .init("s\($0)", y: [0, Double($0)]) })
        let lines = try ParsedXML(chart.document()).all("path").filter { $0["stroke-dasharray"] != nil }
        #expect(lines.count == 5)
        #expect(Set(lines.compactMap { $0["stroke"] }).count == 5 && Set(lines.compactMap { $0["stroke-dasharray"] }).count == 5)
    }

    @Test func aLogarithmicAxisLeavesOutWhatHasNoLogarithmAndSaysSo() throws {
        let chart = LineChart(
            title: "", x: Axis("x"), y: Axis("y", scale: .logarithmic),
            series: [.init("a", y: [1, 10, 0, 100, -5, .nan, 1000, .infinity, 10000])])
        let xml = try ParsedXML(chart.document())
        #expect(xml.texts.contains("points not shown: 4"))
        for decade in ["1", "10", "100", "1000"] { #expect(xml.texts.contains(decade), "\(decade) of \(xml.texts)") }
        // The line is broken at each gap.
        let line = try #require(try paths(chart).first)
        #expect(line.filter { $0 == "M" }.count == 4 && line.filter { $0 == "L" }.count == 1)
        #expect(xml.coordinates.allSatisfy { $0.isFinite && abs($0) < 2000 })
    }

    @Test func equalFactorsAreEqualStepsOnALogarithmicAxis() throws {
        let chart = LineChart(title: "", x: Axis("x"), y: Axis("y", scale: .logarithmic), series: [.init("a", y: [0.01, 1, 100])])
        let line = try #require(try paths(chart).first)
        let heights = line.split { "ML".contains($0) }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        #expect(heights.count == 3 && heights[0] > heights[1] && abs((heights[0] - heights[1]) - (heights[1] - heights[2])) < 0.05)
    }

    @Test(arguments: [
        [], [5], [0, 0, 0], [-3, -3], [1e300, -1e300], [1e-300, 2e-300], [.nan], [.infinity, -.infinity], [-1, -2], [1e9, 1e9 + 1],
    ])
    func everyKindOfDataMakesAPicture(values: [Double]) throws {
        for scale in [Axis.Scale.linear, .logarithmic] {
            let chart = LineChart(title: "t", x: Axis("x"), y: Axis("y", scale: scale), series: [.init("a", y: values)])
            let xml = try ParsedXML(chart.document())
            #expect(xml.coordinates.allSatisfy { $0.isFinite && abs($0) < 2000 }, "\(values) \(xml.coordinates)")
            #expect(!xml.texts.contains { $0.contains("nan") || $0.contains("inf") || $0 == "-0" || $0 == "−0.0" }, "\(xml.texts)")
        }
    }

    @Test func zeroIsATickWithoutSignAndCountsHaveNoFractions() throws {
        let chart = LineChart(title: "", x: Axis("epoch", isCount: true), y: Axis("y"), series: [.init("", y: [-0.1, 0.1, 0.05])]).with {
            $0.baseline = 0
        }
        let texts = try ParsedXML(chart.document()).texts
        #expect(texts.contains("0.00") || texts.contains("0.0"), "\(texts)")
        #expect(texts.contains("−0.10") || texts.contains("−0.1"))
        #expect(["1", "2", "3"].allSatisfy(texts.contains) && !texts.contains("1.5"))
    }

    @Test func whatLiesBeyondAGivenRangeIsNotDrawn() throws {
        let chart = LineChart(title: "", x: Axis("x"), y: Axis("y", range: 0...1), series: [.init("a", y: [0.5, 3, 0.7])])
        #expect(try ParsedXML(chart.document()).texts.contains("points not shown: 1"))
    }
}
