import StimmungEvaluation
import StimmungFigures
import StimmungSupport

/// A risk–coverage curve: the share of errors against the share of decisions that are answered, the most confident first. A dashed line shows the
/// lowest risk with as many errors: all errors have less confidence than all correct decisions.
package struct RiskCoverageChart: Figure {
    package var title: String
    package var curve: RiskCoverage
    package var plotWidth: Double
    package var height: Double

    package init(title: String, curve: RiskCoverage, plotWidth: Double = 340, height: Double = 450) {
        self.title = title
        self.curve = curve
        self.plotWidth = plotWidth
        self.height = height
    }

    private static let top = 48.0
    private static let left = 58.0

    package var width: Double { max(Self.left + plotWidth + 14, TextSize.width(figure, size: TextSize.tick) + 4) }

    private var figure: String {
        "AURC \(Decimals.text(curve.area, digits: 3)), WA of 80 %: \(Percent.text(curve.accuracyAt80)), of 50 %: \(Percent.text(curve.accuracyAt50))"
    }

    package func draw(into svg: inout SVG) {
        svg.text(title, x: 0, y: 16, .init(size: TextSize.panel, isBold: true))
        svg.text(figure, x: 0, y: 34, .init(size: TextSize.tick, colour: "#333333"))
        let plot = Plot(x: Self.left, y: Self.top, width: plotWidth, height: height - Self.top - 46)
        let risk = Axis("wrong among the answered", unit: "%", range: 0...highest)
        let ticks = stride(from: 0, through: 100, by: 20).map { Tick(Double($0) / 100, "\($0)") }
        let ends = risk.ends(of: [])
        plot.drawVertical(risk.ticks(ends, count: 6), caption: Plot.Caption(risk.caption, x: 14), hasGrid: true, into: &svg) {
            risk.share($0, of: ends)
        }
        plot.drawHorizontal(ticks, caption: "answered (%)", into: &svg) { $0 }
        let style = SeriesStyle(0)
        draw(lowest, "#000000", dash: "5 3", plot, into: &svg)
        draw(shown.map { ($0.coverage, $0.risk) }, style.colour, dash: "none", plot, into: &svg)
        plot.drawFrame(into: &svg)
        if let last = curve.points.last {
            style.drawMarker(x: plot.x + plot.width, y: plot.yPosition(100 * last.risk / highest), into: &svg)
        }
    }

    /// Without the beginning, where single decisions make the curve jump.
    private var shown: [RiskCoverage.Point] { curve.points.filter { $0.coverage >= 0.05 } }

    /// The upper end of the axis in per cent: ten above the highest risk, rounded down to tens.
    private var highest: Double { min(100, 10 * (10 * (shown.map(\.risk).max() ?? 0)).rounded(.down) + 10) }

    /// The curve with all errors last.
    private var lowest: [(x: Double, y: Double)] {
        let risk = curve.points.last?.risk ?? 0
        return [(0, 0)]
            + (0...100).map {
                let coverage = (1 - risk) + risk * Double($0) / 100
                return (coverage, coverage > 0 ? (coverage - (1 - risk)) / coverage : 1)
            }
    }

    private func draw(_ points: [(x: Double, y: Double)], _ colour: String, dash: String, _ plot: Plot, into svg: inout SVG) {
        let path = points.enumerated().map { number, point in
            "\(number == 0 ? "M" : "L")\((plot.x + plot.width * point.x).svgText) \(plot.yPosition(100 * point.y / highest).svgText)"
        }
        svg.element(
            "path", ["d": path.joined(), "fill": "none", "stroke": colour, "stroke-width": 1.8, "stroke-dasharray": dash])
    }
}
