/// The data area of a figure, with the ticks around it.
package struct Plot {
    package let x: Double
    package let y: Double
    package let width: Double
    package let height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The caption of a vertical axis, and the x coordinate of its centre in the figure.
    package struct Caption: Sendable {
        let text: String
        let x: Double

        package init(_ text: String, x: Double) {
            self.text = text
            self.x = x
        }
    }

    package static let ink = "#333333"

    /// The y coordinate of a relative height, from 0 at the bottom to 1.
    package func yPosition(_ share: Double) -> Double { y + height * (1 - share) }

    package func drawFrame(into svg: inout SVG) {
        svg.element("rect", ["x": x, "y": y, "width": width, "height": height, "fill": "none", "stroke": Self.ink, "stroke-width": 1.0])
    }

    /// Draws ticks below the plot, each at its relative position (`share`). Ticks whose text would overlap the previous one are omitted.
    package func drawHorizontal(_ ticks: [Tick], caption: String, into svg: inout SVG, share: (Double) -> Double) {
        var free = -Double.infinity
        for tick in ticks {
            let place = x + width * share(tick.position)
            let half = TextSize.width(tick.text, size: TextSize.tick) / 2
            guard place - half >= free else { continue }
            free = place + half + 3
            svg.line(from: (place, y + height), to: (place, y + height + 4), .init(Self.ink))
            svg.text(tick.text, x: place, y: y + height + 16, .init(size: TextSize.tick, anchor: .middle))
        }
        svg.text(caption, x: x + width / 2, y: y + height + 34, .init(anchor: .middle))
    }

    /// Draws ticks to the left of the plot, each at its relative position (`share`) from the bottom. Overlapping ticks are omitted.
    package func drawVertical(
        _ ticks: [Tick], caption: Caption, hasGrid: Bool = false, into svg: inout SVG, share: (Double) -> Double
    ) {
        for tick in Self.apart(ticks, by: TextSize.tick, place: { yPosition(share($0.position)) }) {
            let place = yPosition(share(tick.position))
            if hasGrid { svg.line(from: (x, place), to: (x + width, place), .init("#e4e4e4")) }
            svg.line(from: (x - 4, place), to: (x, place), .init(Self.ink))
            svg.text(tick.text, x: x - 6, y: place + 4, .init(size: TextSize.tick, anchor: .end))
        }
        svg.text(caption.text, x: caption.x, y: y + height / 2, .init(anchor: .middle, degrees: -90))
    }

    /// The ticks that are at least `distance` apart: every n-th of evenly spaced ticks, otherwise each tick that fits.
    private static func apart(_ ticks: [Tick], by distance: Double, place: (Tick) -> Double) -> [Tick] {
        let gaps = zip(ticks, ticks.dropFirst()).map { abs(place($1) - place($0)) }
        if let least = gaps.min(), let most = gaps.max(), least > 0, most - least < 0.01 {
            let every = Int((distance / least).rounded(.up))
            return ticks.enumerated().filter { $0.offset % max(every, 1) == 0 }.map(\.element)
        }
        var kept: [Tick] = []
        for tick in ticks where kept.allSatisfy({ abs(place($0) - place(tick)) >= distance }) { kept.append(tick) }
        return kept
    }
}
