/// Finds a step length that meets the strong Wolfe conditions: sufficient decrease, and a sufficiently small slope.
///
/// Source: J. Nocedal, S. Wright, *Numerical Optimization* (2006), algorithms 3.5 and 3.6, with bisection and cubic interpolation.
struct LineSearch: Sendable {
    /// Required decrease of the loss, relative to the decrease predicted by the slope.
    var decrease = 1e-4
    /// Maximum remaining slope, relative to the initial slope.
    var curvature = 0.9
    /// Maximum number of evaluations; after that, the best point that decreases the loss is used.
    var evaluations = 20

    /// Loss and slope at a step length.
    struct Point: Sendable {
        var length: Double
        var loss: Double
        var slope: Double
        var gradient: [Float]
    }

    /// - Parameters:
    ///   - start: the point at length 0; its slope must be negative.
    ///   - first: the first length to try.
    ///   - evaluate: computes loss, slope and gradient at a length.
    /// - Returns: nil if no step decreases the loss.
    func run(from start: Point, first: Double, evaluate: (Double) throws -> Point) rethrows -> Point? {
        var best: Point?
        var lower = start
        var upper: Point?
        var length = first
        for _ in 0..<evaluations {
            let point = try evaluate(length)
            let decreases = point.loss.isFinite && point.loss <= start.loss + decrease * length * start.slope
            if decreases, point.loss < best?.loss ?? start.loss { best = point }
            if !decreases || point.loss >= lower.loss {
                upper = point
            } else if abs(point.slope) <= -curvature * start.slope {
                return point
            } else {
                // The minimum is on the downhill side of `point`: towards `upper` or, without an upper end, at greater lengths. Otherwise
                // it is back towards `lower`.
                if point.slope * (upper.map { $0.length - lower.length } ?? 1) >= 0 { upper = lower }
                lower = point
            }
            length = upper.map { Self.between(lower, $0) } ?? 2 * length
        }
        return best
    }

    /// The minimum of the cubic through two points with their slopes, kept away from both ends; the midpoint if there is no minimum.
    private static func between(_ a: Point, _ b: Point) -> Double {
        let (low, high) = (min(a.length, b.length), max(a.length, b.length))
        let margin = 0.1 * (high - low)
        let slope = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
        let square = slope * slope - a.slope * b.slope
        guard square >= 0, b.loss.isFinite else { return (low + high) / 2 }
        let root = square.squareRoot() * (b.length < a.length ? -1 : 1)
        let length = b.length - (b.length - a.length) * (b.slope + root - slope) / (b.slope - a.slope + 2 * root)
        return length.isFinite ? min(max(length, low + margin), high - margin) : (low + high) / 2
    }
}
