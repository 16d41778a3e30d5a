import StimmungEvaluation
import StimmungFigures
import StimmungSupport

/// A reliability diagram: the accuracy of each bin of confidence with its 95 % interval, and the diagonal on which confidence equals accuracy. Below it,
/// the number of decisions per bin.
package struct ReliabilityChart: Figure {
    package var title: String
    package var reliability: Reliability
    package var plotWidth: Double

    package init(title: String, reliability: Reliability, plotWidth: Double = 280) {
        self.title = title
        self.reliability = reliability
        self.plotWidth = plotWidth
    }

    private static let top = 48.0
    private static let left = 58.0
    private static let countHeight = 60.0
    private static let gap = 16.0

    package var width: Double { max(Self.left + plotWidth + 14, TextSize.width(figure, size: TextSize.tick) + 4) }
    package var height: Double { Self.top + plotWidth + Self.gap + Self.countHeight + 46 }

    private var figure: String {
        guard let error = reliability.expectedCalibrationError, let sure = reliability.overconfidence else { return "no decisions" }
        let way = abs(sure) < 0.005 ? "" : sure > 0 ? ", over-confident by " : ", under-confident by "
        let amount = abs(sure) < 0.005 ? "" : Percent.text(abs(sure))
        return "ECE \(Percent.text(error))\(way)\(amount), \(reliability.bins.count) bins"
    }

    package func draw(into svg: inout SVG) {
        svg.text(title, x: 0, y: 16, .init(size: TextSize.panel, isBold: true))
        svg.text(figure, x: 0, y: 34, .init(size: TextSize.tick, colour: "#333333"))
        let plot = Plot(x: Self.left, y: Self.top, width: plotWidth, height: plotWidth)
        let counts = Plot(x: Self.left, y: Self.top + plotWidth + Self.gap, width: plotWidth, height: Self.countHeight)
        let ticks = stride(from: 0, through: 100, by: 20).map { Tick(Double($0) / 100, "\($0)") }
        plot.drawVertical(ticks, caption: Plot.Caption("right (%)", x: 14), hasGrid: true, into: &svg) { $0 }
        drawBins(plot, into: &svg)
        svg.line(from: (plot.x, plot.y + plot.height), to: (plot.x + plot.width, plot.y), .init("#000000", width: 1.2, dash: "5 3"))
        plot.drawFrame(into: &svg)
        drawCounts(counts, ticks, into: &svg)
    }

    private var binWidth: Double { plotWidth / Double(reliability.bins.count) }

    private func drawBins(_ plot: Plot, into svg: inout SVG) {
        let style = SeriesStyle(0)
        for (number, bin) in reliability.bins.enumerated() {
            guard let accuracy = bin.accuracy, let confidence = bin.meanConfidence else { continue }
            svg.element(
                "rect",
                [
                    "x": plot.x + Double(number) * binWidth + 1, "y": plot.yPosition(accuracy), "width": binWidth - 2,
                    "height": plot.height * accuracy, "fill": "#cfe3f1",
                ])
            let interval = Interval.wilson(successes: bin.correct, of: bin.count)
            let x = plot.x + plot.width * confidence
            svg.line(from: (x, plot.yPosition(interval.lower)), to: (x, plot.yPosition(interval.upper)), .init(style.colour, width: 1.6))
            style.drawMarker(x: x, y: plot.yPosition(accuracy), into: &svg)
        }
    }

    private func drawCounts(_ plot: Plot, _ ticks: [Tick], into svg: inout SVG) {
        let most = Double(max(reliability.bins.map(\.count).max() ?? 0, 1))
        for (number, bin) in reliability.bins.enumerated() where bin.count > 0 {
            let height = plot.height * Double(bin.count) / most
            svg.element(
                "rect",
                [
                    "x": plot.x + Double(number) * binWidth + 1, "y": plot.y + plot.height - height, "width": binWidth - 2,
                    "height": height,
                    "fill": "#777777",
                ])
        }
        plot.drawFrame(into: &svg)
        plot.drawVertical([Tick(0, "0"), Tick(1, "\(Int(most))")], caption: Plot.Caption("decisions", x: 14), into: &svg) { $0 }
        plot.drawHorizontal(ticks, caption: "confidence (%)", into: &svg) { $0 }
    }
}
