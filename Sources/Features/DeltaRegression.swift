import CStimmungKernels
import StimmungTensors

/// Slopes of features over neighbouring frames, and the slopes of these, as frames pass by.
///
///     d_t = Σ_{n=1…W} n (c_{t+n} − c_{t−n}) / (2 Σ_{n=1…W} n²)
///
/// The frames before the first and after the last are taken to equal them; so are the slopes before the first and after the last for the slopes of
/// slopes. (S. Young et al., *The HTK Book*, section 5.9.) A row goes out with all its slopes when the `W` rows after it have come for each
/// order. What is kept are the last rows, `2W + 1` of each order.
struct DeltaRegression: Sendable {
    /// Rows of one order, 0 the features themselves, one after the other, so that slopes are one long loop.
    private struct Order: Sendable {
        var elements: [Float] = []
        /// The first row that is kept; negative counts those that are taken to lie before the recording.
        var first = 0
        /// The row that comes next.
        var end = 0
    }

    private let width: Int
    private let reach: Int
    private var orders: [Order]
    /// Rows that have gone out.
    private var given = 0

    /// - Parameters:
    ///   - width: numbers in a row that comes in.
    ///   - orders: 0 none, 1 slopes, 2 their slopes too.
    ///   - reach: `W`.
    init(width: Int, orders: Int, reach: Int) {
        self.width = width
        self.reach = reach
        self.orders = [Order](repeating: Order(), count: orders + 1)
    }

    /// Takes rows of `width` numbers, and appends those to `frames` that have become complete.
    mutating func push(_ rows: UnsafeBufferPointer<Float>, into frames: inout Matrix) {
        take(rows, order: 0)
        advance(into: &frames)
    }

    /// Appends the rows that wait for others to come, of which there will be none, and forgets the recording.
    mutating func finish(into frames: inout Matrix) {
        for order in 0..<orders.count - 1 {
            let last = Array(orders[order].elements.suffix(width))
            for _ in 0..<reach { last.withUnsafeBufferPointer { take($0, order: order) } }
            advance(into: &frames)
        }
        for order in orders.indices { orders[order] = Order() }
        given = 0
    }

    private mutating func take(_ rows: UnsafeBufferPointer<Float>, order: Int) {
        guard !rows.isEmpty else { return }
        if orders[order].end == 0 && order < orders.count - 1 {
            for _ in 0..<reach { orders[order].elements.append(contentsOf: rows[..<width]) }
            orders[order].first = -reach
        }
        orders[order].elements.append(contentsOf: rows)
        orders[order].end += rows.count / width
    }

    /// Computes the slopes that can be, gives out the rows that have all of theirs, and drops what is no longer needed.
    private mutating func advance(into frames: inout Matrix) {
        for order in 0..<orders.count - 1 { computeSlopes(of: order) }
        giveOut(into: &frames)
        for order in orders.indices { drop(order) }
    }

    private mutating func computeSlopes(of order: Int) {
        let begin = orders[order + 1].end
        let count = orders[order].end - reach - begin
        guard count > 0 else { return }
        let start = (begin - orders[order].first) * width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count * width) { slopes in
            orders[order].elements.withUnsafeBufferPointer { elements in
                // From `reach` rows before the first to `reach` behind the last, all are kept.
                ck_slopes(count * width, width, reach, elements.baseAddress.map { $0 + start }, slopes.baseAddress)
            }
            take(UnsafeBufferPointer(slopes), order: order + 1)
        }
    }

    private mutating func giveOut(into frames: inout Matrix) {
        let count = orders[orders.count - 1].end - given
        guard count > 0 else { return }
        let rowWidth = orders.count * width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count * rowWidth) { rows in
            for order in orders.indices {
                let start = (given - orders[order].first) * width
                orders[order].elements.withUnsafeBufferPointer { elements in
                    // `count` rows from `start` on are there, and room for them in `rows`.
                    guard let source = elements.baseAddress, let target = rows.baseAddress else { return }
                    for row in 0..<count {
                        (target + row * rowWidth + order * width).update(from: source + start + row * width, count: width)
                    }
                }
            }
            frames.append(rows: UnsafeBufferPointer(rows))
        }
        given += count
    }

    /// Drops the rows of an order that neither a row to come nor a slope to come needs.
    private mutating func drop(_ order: Int) {
        let needed = order < orders.count - 1 ? min(given, orders[order + 1].end - reach) : given
        let count = needed - orders[order].first
        guard count > 0 else { return }
        orders[order].elements.removeFirst(count * width)
        orders[order].first = needed
    }
}
