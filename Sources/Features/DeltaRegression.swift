/// Slopes of features over neighbouring frames, as frames pass by.
///
///     d_t = Σ_{n=1…W} n (c_{t+n} − c_{t−n}) / (2 Σ_{n=1…W} n²)
///
/// The frames before the first and after the last are taken to equal them. (S. Young et al., *The HTK Book*, section 5.9.)
/// Takes rows of `width` numbers and gives each of them back, `W` frames later, with the slopes of its last `slopes` numbers behind.
/// Two in a row make deltas and accelerations, where the second takes the slopes of the first's slopes.
/// Memory is a ring of `2W + 1` rows.
struct DeltaRegression: Sendable {
    private let width: Int
    private let slopes: Int
    private let reach: Int
    private let divisor: Float
    /// Row `r` of the recording, replicas before the first counted, stands at `(r mod (2W + 1)) × width`.
    private var ring: [Float]
    /// Rows taken so far, replicas counted.
    private var taken = 0

    /// Numbers in an outgoing row.
    var outputWidth: Int { width + slopes }

    init(width: Int, slopes: Int, reach: Int) {
        self.width = width
        self.slopes = slopes
        self.reach = reach
        divisor = 2 * (1...reach).reduce(0) { $0 + Float($1 * $1) }
        ring = [Float](repeating: 0, count: (2 * reach + 1) * width)
    }

    /// Takes rows and writes those that have become complete.
    ///
    /// - Parameters:
    ///   - rows: at least `count × width` numbers.
    ///   - count: the number of rows.
    ///   - output: room for `count × outputWidth` numbers.
    /// - Returns: the number of rows written.
    mutating func push(_ rows: UnsafeBufferPointer<Float>, count: Int, into output: UnsafeMutableBufferPointer<Float>) -> Int {
        var written = 0
        for index in 0..<count {
            let row = UnsafeBufferPointer(rebasing: rows[index * width..<(index + 1) * width])
            if taken == 0 {
                for _ in 0..<reach { take(row) }
            }
            take(row)
            written += writeIfComplete(output, row: written)
        }
        return written
    }

    /// Writes the rows that wait for frames to come, of which there will be none, and forgets the recording.
    ///
    /// - Parameter output: room for `reach × outputWidth` numbers.
    /// - Returns: the number of rows written.
    mutating func finish(into output: UnsafeMutableBufferPointer<Float>) -> Int {
        guard taken > 0 else { return 0 }
        let last = Array(ring[offset(taken - 1)..<offset(taken - 1) + width])
        let written = last.withUnsafeBufferPointer { last in
            var written = 0
            for _ in 0..<reach {
                take(last)
                written += writeIfComplete(output, row: written)
            }
            return written
        }
        taken = 0
        return written
    }

    private func offset(_ row: Int) -> Int {
        row % (2 * reach + 1) * width
    }

    private mutating func take(_ row: UnsafeBufferPointer<Float>) {
        let start = offset(taken)
        ring.withUnsafeMutableBufferPointer { ring in
            for column in 0..<width {
                ring[start + column] = row[column]
            }
        }
        taken += 1
    }

    /// Writes the row in the middle of the ring with its slopes, once the ring is full; returns the number of rows written.
    private func writeIfComplete(_ output: UnsafeMutableBufferPointer<Float>, row: Int) -> Int {
        guard taken >= 2 * reach + 1 else { return 0 }
        let middle = taken - 1 - reach
        ring.withUnsafeBufferPointer { ring in
            let base = row * outputWidth
            let centre = offset(middle)
            for column in 0..<width {
                output[base + column] = ring[centre + column]
            }
            for column in width..<outputWidth {
                output[base + column] = 0
            }
            for n in 1...reach {
                let after = offset(middle + n) + width - slopes
                let before = offset(middle - n) + width - slopes
                let factor = Float(n)
                for column in 0..<slopes {
                    output[base + width + column] += factor * (ring[after + column] - ring[before + column])
                }
            }
            for column in width..<outputWidth {
                output[base + column] /= divisor
            }
        }
        return 1
    }
}
