/// The course of a recording: its waveform, the class decided for each segment, and the probability of every class, over a common time axis.
///
///     TimelineChart(
///         title: "call.wav", duration: 6, classes: ["anger", "neutral"],
///         segments: [.init(0...4, decided: 1, shares: [0.2, 0.8]), .init(4...6, decided: 0, shares: [0.9, 0.1])])
package struct TimelineChart: Figure {
    /// A part of the recording with one decision.
    package struct Segment: Sendable, Equatable {
        /// In seconds.
        package var time: ClosedRange<Double>
        /// Index of the decided class; nil where none was decided, as in silence.
        package var decided: Int?
        /// A number for each class, 0 … 1, which sum to 1. They are stacked in the order of the classes.
        package var shares: [Double]

        package init(_ time: ClosedRange<Double>, decided: Int?, shares: [Double]) {
            self.time = time
            self.decided = decided
            self.shares = shares
        }
    }

    package var title: String
    /// In seconds.
    package var duration: Double
    package var classes: [String]
    package var segments: [Segment]
    /// The lowest and the highest sample of each of many equal parts of the recording; empty draws no waveform.
    package var envelope: [ClosedRange<Float>] = []
    /// Width of the plot alone, in pixels.
    package var plotWidth = 720.0

    package init(title: String, duration: Double, classes: [String], segments: [Segment]) {
        self.title = title
        self.duration = duration
        self.classes = classes
        self.segments = segments
    }

    private static let left = 70.0
    private static let right = 14.0
    private static let waveHeight = 64.0
    private static let bandHeight = 26.0
    private static let shareHeight = 130.0
    private static let gap = 8.0
    private static let undecided = "#d8d8d8"

    private var legend: Legend { Legend(classes, width: plotWidth, hasLines: false) }
    private var waveTop: Double { 28 + legend.height }
    private var bandTop: Double { waveTop + (envelope.isEmpty ? 0 : Self.waveHeight + Self.gap) }
    private var sharesTop: Double { bandTop + Self.bandHeight + Self.gap }

    package var width: Double { Self.left + plotWidth + Self.right }
    package var height: Double { sharesTop + Self.shareHeight + 44 }

    package func draw(into svg: inout SVG) {
        svg.text(title, x: Self.left, y: 16, .init(size: TextSize.panel, isBold: true))
        svg.group(x: Self.left, y: 24) { legend.draw(into: &$0) }
        drawWaveform(into: &svg)
        drawBand(into: &svg)
        drawShares(into: &svg)
    }

    /// The pixel of a time, within the plot.
    private func place(_ time: Double) -> Double {
        Self.left + plotWidth * (duration > 0 ? min(max(time / duration, 0), 1) : 0)
    }

    /// Between the lowest and the highest samples of each part, scaled so that the loudest fills the height.
    private func drawWaveform(into svg: inout SVG) {
        guard !envelope.isEmpty else { return }
        let middle = waveTop + Self.waveHeight / 2
        let loudest = envelope.reduce(0) { max($0, abs($1.lowerBound), abs($1.upperBound)) }
        let scale = loudest > 0 ? Double(1 / loudest) * Self.waveHeight / 2 : 0
        func point(_ index: Int, _ sample: Float) -> String {
            let x = Self.left + plotWidth * (Double(index) + 0.5) / Double(envelope.count)
            return "\(x.svgText) \((middle - Double(sample) * scale).svgText)"
        }
        let above = envelope.enumerated().map { point($0, $1.upperBound) }
        let below = envelope.enumerated().reversed().map { point($0, $1.lowerBound) }
        svg.line(from: (Self.left, middle), to: (Self.left + plotWidth, middle), .init("#bbbbbb"))
        svg.element("path", ["d": "M" + (above + below).joined(separator: "L") + "Z", "fill": "#8a8a8a", "stroke": "#8a8a8a"])
        svg.text("speech", x: Self.left - 8, y: middle + 4, .init(size: TextSize.tick, anchor: .end))
    }

    /// The decisions, each with its name where there is room for it.
    private func drawBand(into svg: inout SVG) {
        for segment in segments {
            let (start, end) = (place(segment.time.lowerBound), place(segment.time.upperBound))
            svg.element(
                "rect",
                [
                    "x": start, "y": bandTop, "width": end - start, "height": Self.bandHeight,
                    "fill": segment.decided.map { SeriesStyle($0).colour } ?? Self.undecided, "stroke": "#ffffff", "stroke-width": 1.0,
                ])
            guard let name = segment.decided.map({ classes[$0] }), TextSize.width(name, size: TextSize.tick) + 6 <= end - start else {
                continue
            }
            svg.text(
                name, x: (start + end) / 2, y: bandTop + Self.bandHeight / 2 + 4,
                .init(size: TextSize.tick, anchor: .middle, isBold: true, colour: "#ffffff"))
        }
        svg.text("emotion", x: Self.left - 8, y: bandTop + Self.bandHeight / 2 + 4, .init(size: TextSize.tick, anchor: .end))
    }

    /// The probabilities of a segment, stacked from the bottom in the order of the classes.
    private func drawShares(into svg: inout SVG) {
        let plot = Plot(x: Self.left, y: sharesTop, width: plotWidth, height: Self.shareHeight)
        for segment in segments {
            let (start, end) = (place(segment.time.lowerBound), place(segment.time.upperBound))
            var sum = 0.0
            for (number, share) in segment.shares.enumerated() where share > 0 {
                svg.element(
                    "rect",
                    [
                        "x": start, "y": plot.yPosition(min(sum + share, 1)), "width": end - start,
                        "height": (min(sum + share, 1) - sum) * plot.height, "fill": SeriesStyle(number).colour,
                        "fill-opacity": segment.decided == nil ? 0.25 : 0.75,
                    ])
                sum += share
            }
        }
        plot.drawFrame(into: &svg)
        plot.drawVertical(
            Axis("probability", range: 0...1).ticks(0...1, count: 4), caption: .init("probability", x: 26), into: &svg, share: { $0 })
        let time = Axis("time", unit: "s")
        let ends = 0...max(duration, 0.001)
        plot.drawHorizontal(time.ticks(ends, count: 12), caption: time.caption, into: &svg) { $0 / ends.upperBound }
    }
}
