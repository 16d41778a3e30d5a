import CStimmungKernels
import StimmungTensors
import Testing

/// Products of single rows, as in streams.
struct RowKernelTests {
    private func normal(_ count: Int, _ random: inout RandomSource) -> [Float] { (0..<count).map { _ in random.normal() } }

    @Test(arguments: [1, 4, 5, 14], [1, 48, 57])
    func rowsTimesAPackedMatrix(panels: Int, k: Int) {
        var random = RandomSource(seed: 1)
        let (m, n, width) = (6, 16 * panels, k + 3)
        let (a, b, start) = (normal(m * width, &random), normal(k * n, &random), normal(m * n, &random))
        var packed = [Float](repeating: 0, count: k * n)
        ck_pack(k, n, b, n, 1, &packed)
        var c = start + [77]
        ck_add_rows_product(m, panels, k, a, width, packed, &c, n)
        for r in 0..<m {
            var alone = Array(start[r * n..<(r + 1) * n])
            ck_add_rows_product(1, panels, k, Array(a[(r * width)...]), width, packed, &alone, n)
            #expect(Array(c[r * n..<(r + 1) * n]) == alone, "row \(r) has other bits than alone")
            for j in 0..<n {
                let sum = (0..<k).reduce(Double(start[r * n + j])) { $0 + Double(a[r * width + $1]) * Double(b[$1 * n + j]) }
                #expect(abs(Double(alone[j]) - sum) < 1e-4)
            }
        }
        #expect(c[m * n] == 77)
    }

    @Test(arguments: [1, 2, 3, 4, 7, 11], [1, 3, 4, 7, 128])
    func rowsTimesATransposedMatrix(m: Int, n: Int) {
        var random = RandomSource(seed: 2)
        for k in [16, 48, 2640] {
            let (a, b) = (normal(m * k, &random), normal(n * k, &random))
            var c = [Float](repeating: 77, count: m * n + 1)
            ck_rows_times_transposed(m, n, k, a, b, &c)
            for r in 0..<m {
                var alone = [Float](repeating: 0, count: n)
                ck_rows_times_transposed(1, n, k, Array(a[r * k..<(r + 1) * k]), b, &alone)
                #expect(Array(c[r * n..<(r + 1) * n]) == alone, "row \(r) has other bits than alone")
                for j in 0..<n {
                    let sum = (0..<k).reduce(0.0) { $0 + Double(a[r * k + $1]) * Double(b[j * k + $1]) }
                    #expect(abs(Double(alone[j]) - sum) < 1e-6 * Double(k) + 1e-4)
                }
            }
            #expect(c[m * n] == 77)
        }
    }

    @Test(.enabled(if: ck_has_transposed_order(16) != 0, "needs AVX-512"), arguments: [(128, 2640), (128, 128), (7, 128), (40, 48)])
    func aRowHasTheBitsOfOneDNN(n: Int, k: Int) {
        var random = RandomSource(seed: 3)
        let (a, b) = (normal(k, &random), normal(n * k, &random))
        var (own, other) = ([Float](repeating: 0, count: n), [Float](repeating: 0, count: n))
        ck_rows_times_transposed(1, n, k, a, b, &own)
        withPointers(reading: a, b, writing: &other) { a, b, c in
            Product.multiply(
                MatrixView(a, rows: 1, columns: k), MatrixView(b, rows: n, columns: k).transposed,
                into: MutableMatrixView(c, rows: 1, columns: n))
        }
        #expect(own.map(\.bitPattern) == other.map(\.bitPattern))
    }

    @Test func onlyWholeBlocksHaveTheOrderOfOneDNN() {
        #expect(ck_has_transposed_order(2456) == 0)
    }
}
