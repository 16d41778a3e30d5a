import CStimmungKernels
import StimmungTensors

/// Deltas of a stream of frames, and the deltas of the deltas (accelerations).
///
///     d_t = Σ_{n=1…W} n (c_{t+n} − c_{t−n}) / (2 Σ_{n=1…W} n²)
///
/// The first and the last row of each order are repeated outwards (S. Young et al., *The HTK Book*, section 5.9). A row is complete once
/// the next `W` rows per order have arrived. Memory is bounded: the last `2W + 1` rows of each order are kept.
struct DeltaRegression: Sendable {
    /// The rows of one order, contiguous so that deltas are one long loop. Order 0 is the features themselves.
    private struct Order: Sendable {
        var elements: [Float] = []
        /// Index of the first row kept; negative for the repeated rows before the recording.
        var first = 0
        /// Index of the next row to arrive.
        var end = 0
    }

    private let width: Int
    private let reach: Int
    private var orders: [Order]
    /// Rows already returned.
    private var given = 0

    /// - Parameters:
    ///   - width: values per input row.
    ///   - orders: 0 for none, 1 for deltas, 2 for deltas and accelerations.
    ///   - reach: `W`.
    init(width: Int, orders: Int, reach: Int) {
        self.width = width
        self.reach = reach
        self.orders = [Order](repeating: Order(), count: orders + 1)
    }

    /// Takes rows of `width` values and appends the rows that have become complete to `frames`.
    mutating func push(_ rows: UnsafeBufferPointer<Float>, into frames: inout Matrix) {
        take(rows, order: 0)
        advance(into: &frames)
    }

    /// Appends the remaining rows at the end of the recording and resets the state.
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

    /// Computes all possible deltas, appends the complete rows and drops rows that are no longer needed.
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
                // All rows from `reach` before the first to `reach` after the last are kept.
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
                    // `count` rows are available from `start`, and `rows` has room for them.
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

    /// Drops the rows of an order that no later row or delta needs.
    private mutating func drop(_ order: Int) {
        let needed = order < orders.count - 1 ? min(given, orders[order + 1].end - reach) : given
        let count = needed - orders[order].first
        guard count > 0 else { return }
        orders[order].elements.removeFirst(count * width)
        orders[order].first = needed
    }
}
