import Foundation
import FoundationXML
import StimmungEvaluation
import StimmungFigures
import StimmungReports
import Testing

struct ReportFigureTests {
    @Test func intervalsAndNumbersAgree() throws {
        let chart = IntervalChart(
            title: "Recall", x: Axis("recall", unit: "%", range: 0...100), series: ["here", "printed"],
            rows: [.init("a < b", [.init(50, 25...75), .init(80)]), .init("c", [nil, nil])]
        ).with {
            $0.reference = (40, "mean 40.0")
            $0.plotWidth = 200
        }
        let xml = try ParsedXML(chart.document())
        for text in ["50.0 (25.0–75.0)", "80.0", "a < b", "c", "here", "printed", "mean 40.0", "recall (%)"] {
            #expect(xml.texts.contains(text), "\(text) of \(xml.texts)")
        }
        // A quarter of 200 pixels to either side of the middle.
        let line = try #require(xml.all("line").first { $0["stroke-width"] == "1.8" })
        let (low, high) = (try #require(Double(line["x1"] ?? "")), try #require(Double(line["x2"] ?? "")))
        let dot = try #require(xml.all("circle").last.flatMap { Double($0["cx"] ?? "") })
        #expect(abs(high - low - 100) < 0.05 && abs((high + low) / 2 - dot) < 0.05)
        #expect(xml.isSelfContained)
    }

    @Test func aTimelineKeepsTimesAndShares() throws {
        let chart = TimelineChart(
            title: "call", duration: 10, classes: ["anger", "neutral"],
            segments: [.init(0...4, decided: 1, shares: [0.25, 0.75]), .init(4...9, decided: nil, shares: [0.5, 0.5])]
        ).with {
            $0.plotWidth = 100
            $0.envelope = [-0.5...0.5, 0...0]
        }
        let xml = try ParsedXML(chart.document())
        let widths = xml.all("rect").compactMap { $0["width"] }
        #expect(widths.count { $0 == "40" } == 3 && widths.count { $0 == "50" } == 3, "\(widths)")
        let heights = xml.all("rect").filter { $0["fill-opacity"] == "0.75" }.compactMap { Double($0["height"] ?? "") }
        #expect(heights.count == 2 && abs(heights[1] / heights[0] - 3) < 0.001, "\(heights)")
        #expect(xml.texts.contains("time (s)") && xml.texts.contains("probability"))
        #expect(xml.isSelfContained)
        let empty = TimelineChart(title: "", duration: 0, classes: [], segments: [])
        #expect(try ParsedXML(empty.document()).coordinates.allSatisfy { (-10...1000).contains($0) })
    }

    @Test func aScatterDrawsEveryPointOnceAndKeepsItsShape() throws {
        let points = (0..<40).map { ScatterChart.Point(Double($0), 0, group: $0, isOutlined: $0 == 3) } + [.init(.nan, 0, group: 0)]
        let chart = ScatterChart(title: "t", groups: (0..<40).map { "g\($0)" }, points: points, outlineName: "tested")
        let xml = try ParsedXML(chart.document())
        let shapes = xml.elements.filter { ["circle", "path"].contains($0.name) }
        // 40 of the legend and its outline, and 40 points: the one without a place is left out.
        #expect(shapes.count == 40 + 1 + 40)
        #expect(shapes.count { $0.attributes["stroke"] == "#000000" } == 2)
        // What a symbol looks like, wherever it stands: its colour and where its corners lie against the first.
        let kinds = shapes.prefix(40).map { shape in
            let numbers = (shape.attributes["d"] ?? "").split { "MLZ ".contains($0) }.compactMap { Double($0) }
            let corners = numbers.enumerated().map { (($1 - numbers[$0 % 2]) * 10).rounded() }
            return "\(shape.attributes["fill"] ?? "") \(corners)"
        }
        #expect(Set(kinds).count == 40, "\(Set(kinds).count)")
        #expect(xml.coordinates.allSatisfy { (-10...1000).contains($0) })
        #expect(try ParsedXML(ScatterChart(title: "", groups: [], points: []).document()).texts.isEmpty == false)
    }

    @Test func aReliabilityDiagramSaysItsError() throws {
        var reliability = Reliability()
        for number in 0..<10 { reliability.add(confidence: 0.9, isRight: number < 6) }
        let xml = try ParsedXML(ReliabilityChart(title: "r", reliability: reliability).document())
        #expect(xml.texts.contains("ECE 30.0 %, over-confident by 30.0 %, 15 bins"), "\(xml.texts)")
        #expect(xml.texts.contains("10") && xml.texts.contains("confidence (%)"))
        #expect(try ParsedXML(ReliabilityChart(title: "r", reliability: Reliability()).document()).texts.contains("no decisions"))
    }

    @Test func aRiskCoverageCurveIsWithinItsAxes() throws {
        let curve = try #require(RiskCoverage((0..<10).map { (confidence: 1 - 0.05 * Double($0), isRight: $0 < 8) }))
        let xml = try ParsedXML(RiskCoverageChart(title: "r", curve: curve).document())
        #expect(xml.texts.contains("AURC 0.031, WA of 80 %: 100.0 %, of 50 %: 100.0 %"), "\(xml.texts)")
        #expect(xml.texts.contains("answered (%)") && xml.texts.contains("wrong among the answered (%)") && xml.isSelfContained)
        #expect(xml.coordinates.allSatisfy { (-10...1000).contains($0) } && xml.all("path").count >= 2)
        let wrong = try #require(RiskCoverage([(confidence: 0.5, isRight: false)]))
        #expect(try ParsedXML(RiskCoverageChart(title: "", curve: wrong).document()).coordinates.allSatisfy { (-10...1000).contains($0) })
    }

    @Test func aPageIsWellFormedWhateverItSays() throws {
        var page = ReportPage(title: "<b> & \"c\"")
        page.heading("a < b")
        page.paragraph("</p><script>alert(1)</script>")
        page.list(["x & y"])
        page.table(columns: ["<th>"], rows: [["&amp;"]])
        page.verbatim("a: <b>\nc: & d")
        page.details("more") {
            $0.picture(
                Picture(
                    name: "p.svg", shows: "s",
                    figure: LineChart(title: "t", x: Axis("x"), y: Axis("y"), series: [.init("", y: [1, 2])])))
        }
        let xml = try ParsedXML(page.html)
        #expect(!xml.elements.contains { $0.name == "script" } && xml.all("svg").count == 1 && page.pictures.map(\.name) == ["p.svg"])
        #expect(page.html.contains("a: &lt;b&gt;\nc: &amp; d"))
        #expect(page.html.components(separatedBy: "http").count == 3)
    }
}
