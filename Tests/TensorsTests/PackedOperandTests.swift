import StimmungTensors
import Testing

/// Checks products with packed operands against sums in double precision.
struct PackedOperandTests {
    private func normal(_ count: Int, _ random: inout RandomSource) -> [Float] { (0..<count).map { _ in random.normal() } }

    @Test(arguments: [1, 15, 16, 17, 130])
    func products(n: Int) {
        var random = RandomSource(seed: 1)
        for m in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 16] {
            for k in [1, 7, 255, 256, 257, 600] {
                let (a, b, start) = (normal(m * k, &random), normal(k * n, &random), normal(m * n, &random))
                let operand = PackedOperand()
                // Half of the shapes are passed transposed, n × k.
                let isTransposed = (m + k) % 2 == 0
                let given = isTransposed ? (0..<n * k).map { b[$0 % k * n + $0 / k] } : b
                given.withUnsafeBufferPointer { given in
                    let b = MatrixView(given.baseAddress!, rows: isTransposed ? n : k, columns: isTransposed ? k : n)
                    operand.set(isTransposed ? b.transposed : b)
                }
                for accumulates in [false, true] {
                    // A row of guard values after c detects writes beyond it.
                    var c = start + [Float](repeating: 77, count: n)
                    withPointers(reading: a, writing: &c) { a, c in
                        operand.multiply(
                            MatrixView(a, rows: m, columns: k), accumulates: accumulates, into: MutableMatrixView(c, rows: m, columns: n))
                    }
                    for r in 0..<m {
                        for j in 0..<n {
                            let sum = (0..<k).reduce(accumulates ? Double(start[r * n + j]) : 0) {
                                $0 + Double(a[r * k + $1]) * Double(b[$1 * n + j])
                            }
                            #expect(abs(Double(c[r * n + j]) - sum) < 2e-4)
                        }
                    }
                    #expect(c[(m * n)...].allSatisfy { $0 == 77 })
                }
            }
        }
    }

    @Test(arguments: [(5, 3, 4), (33, 39, 257), (64, 16, 100), (17, 1, 600)])
    func transposedProducts(shape: (m: Int, n: Int, rows: Int)) {
        var random = RandomSource(seed: 2)
        let (m, n, rows) = shape
        let (a, b, start) = (normal(rows * m, &random), normal(rows * n, &random), normal(m * n, &random))
        let left = PackedOperand()
        let right = PackedOperand()
        withPointers(reading: a, b) { a, b in
            left.set(MatrixView(a, rows: rows, columns: m))
            right.set(MatrixView(b, rows: rows, columns: n))
        }
        var c = start
        left.addTransposedProduct(with: right, to: &c)
        for i in 0..<m {
            for j in 0..<n {
                let sum = (0..<rows).reduce(Double(start[i * n + j])) { $0 + Double(a[$1 * m + i]) * Double(b[$1 * n + j]) }
                #expect(abs(Double(c[i * n + j]) - sum) < 2e-4)
            }
        }
    }

    /// aᵀ · b · scale + start, with a m × k transposed in memory.
    @Test(arguments: [(5, 3, 4), (33, 39, 257), (64, 16, 100), (12, 23, 300), (9, 1, 16), (10, 56, 31)])
    func transposedLeftOperandWithScaleAndSummand(shape: (m: Int, n: Int, k: Int)) {
        var random = RandomSource(seed: 3)
        let (m, n, k) = shape
        let (a, b, start) = (normal(k * m, &random), normal(k * n, &random), normal(m * n, &random))
        let operand = PackedOperand()
        b.withUnsafeBufferPointer { operand.set(MatrixView($0.baseAddress!, rows: k, columns: n), scale: -0.5) }
        var c = [Float](repeating: 77, count: (m + 1) * n)
        withPointers(reading: a, start, writing: &c) { a, start, c in
            operand.multiply(
                MatrixView(a, rows: k, columns: m).transposed, addedTo: MatrixView(start, rows: m, columns: n),
                into: MutableMatrixView(c, rows: m, columns: n))
        }
        for i in 0..<m {
            for j in 0..<n {
                let sum = (0..<k).reduce(Double(start[i * n + j])) { $0 - 0.5 * Double(a[$1 * m + i]) * Double(b[$1 * n + j]) }
                #expect(abs(Double(c[i * n + j]) - sum) < 2e-4)
            }
        }
        #expect(c[(m * n)...].allSatisfy { $0 == 77 })
    }
}
