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

    /// A few rows of a large matrix are multiplied at first without packing it: same bits. A write to the parameters is noticed either way.
    @Test func aLargeMatrixIsPackedWhenItIsUsedOften() {
        var random = RandomSource(seed: 3)
        let (m, n, k) = (2, 256, 300)
        var weights = normal(n * k, &random)
        let a = normal(m * k, &random)
        let operand = PackedOperand()

        func product() -> (values: [Float], isPacked: Bool) {
            var (c, isPacked) = ([Float](repeating: 0, count: m * n), false)
            withPointers(reading: a, weights, writing: &c) { a, w, c in
                let (x, b) = (MatrixView(a, rows: m, columns: k), MatrixView(w, rows: n, columns: k).transposed)
                let into = MutableMatrixView(c, rows: m, columns: n)
                isPacked = operand.set(b, from: weights[...], forRows: m)
                if isPacked { operand.multiply(x, into: into) } else { Product.multiply(x, b, into: into) }
            }
            return (c, isPacked)
        }

        let products = (0..<8).map { _ in product() }
        #expect(products.map(\.isPacked) == [false, false, false, false, true, true, true, true])
        #expect(products.allSatisfy { $0.values == products[0].values })
        weights[5] += 1
        let changed = (0..<8).map { _ in product() }
        #expect(!changed[0].isPacked && changed[7].isPacked)
        #expect(changed.allSatisfy { $0.values == changed[0].values } && changed[0].values != products[0].values)
    }

    /// Many rows, and small matrices, are packed at once.
    @Test(arguments: [(16, 256, 300), (1, 16, 30)]) func othersArePackedAtOnce(shape: (m: Int, n: Int, k: Int)) {
        let weights = [Float](repeating: 1, count: shape.n * shape.k)
        let isPacked = weights.withUnsafeBufferPointer {
            PackedOperand().set(
                MatrixView($0.baseAddress!, rows: shape.n, columns: shape.k).transposed, from: weights[...], forRows: shape.m)
        }
        #expect(isPacked)
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
