/// The area of a figure in which the data stand, with the ticks around it.
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

    package static let ink = "#333333"

    /// The pixel of a share of the height, counted from the bottom.
    package func yPosition(_ share: Double) -> Double { y + height * (1 - share) }

    package func drawFrame(into svg: inout SVG) {
        svg.element("rect", ["x": x, "y": y, "width": width, "height": height, "fill": "none", "stroke": Self.ink, "stroke-width": 1.0])
    }

    /// Ticks below, each at its share of the width. A text that would run into the one before it is left out.
    package func drawHorizontal(_ ticks: [Tick], caption: String, into svg: inout SVG, share: (Double) -> Double) {
        var free = -Double.infinity
        for tick in ticks {
            let place = x + width * share(tick.position)
            let half = TextSize.width(tick.text, size: TextSize.tick) / 2
            guard place - half >= free else { continue }
            free = place + half + 3
            svg.line(x1: place, y1: y + height, x2: place, y2: y + height + 4, colour: Self.ink)
            svg.text(tick.text, x: place, y: y + height + 16, size: TextSize.tick, anchor: .middle)
        }
        svg.text(caption, x: x + width / 2, y: y + height + 34, anchor: .middle)
    }

    /// Ticks to the left, each at its share of the height from the bottom; those that would lie over each other are left out.
    package func drawVertical(
        _ ticks: [Tick], caption: String, captionX: Double, hasGrid: Bool = false, into svg: inout SVG, share: (Double) -> Double
    ) {
        for tick in Self.apart(ticks, by: TextSize.tick, place: { yPosition(share($0.position)) }) {
            let place = yPosition(share(tick.position))
            if hasGrid { svg.line(x1: x, y1: place, x2: x + width, y2: place, colour: "#e4e4e4") }
            svg.line(x1: x - 4, y1: place, x2: x, y2: place, colour: Self.ink)
            svg.text(tick.text, x: x - 6, y: place + 4, size: TextSize.tick, anchor: .end)
        }
        svg.text(caption, x: captionX, y: y + height / 2, anchor: .middle, degrees: -90)
    }

    /// Ticks of which no two lie nearer than `distance`: of evenly spaced ones every second, or third, …, of others what finds room.
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
