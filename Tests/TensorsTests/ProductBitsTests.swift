import CStimmungKernels
import Foundation
import StimmungTensors
import Testing

// A file of its own: the bits of products, apart from their values.

/// The bits of a product depend neither on the number of rows nor on the instruction set, as long as it has fused multiply-add.
struct ProductBitsTests {
    private func normal(_ count: Int, _ random: inout RandomSource) -> [Float] { (0..<count).map { _ in random.normal() } }

    @Test(arguments: [7, 16, 24, 39, 64, 72, 80, 224, 250], [1, 48, 57, 600])
    func everyRowHasTheBitsOfAProductOfItsOwn(n: Int, k: Int) {
        var random = RandomSource(seed: 1)
        let (most, width) = (25, k + 3)
        let (a, b, start) = (normal(most * width, &random), normal(k * n, &random), normal(most * n, &random))
        var packed = [Float](repeating: 0, count: k * (n + 15))
        ck_pack(k, n, b, n, 1, k, &packed)
        let alone = (0..<most).map { r in
            var c = [Float](repeating: 0, count: n)
            ck_product(1, n, k, Array(a[(r * width)...]), width, 1, packed, Array(start[(r * n)...]), n, &c, n)
            return c
        }
        for m in 1...most {
            var c = start
            ck_product(m, n, k, a, width, 1, packed, start, n, &c, n)
            for r in 0..<m { #expect(Array(c[r * n..<(r + 1) * n]) == alone[r], "row \(r) of \(m)") }
            #expect(Array(c[(m * n)...]) == Array(start[(m * n)...]))
        }
        for (r, row) in alone.enumerated() {
            for j in 0..<n {
                // The order of the sum, with a rounding after every multiply-add.
                let sum = (0..<k).reduce(start[r * n + j]) { $0.addingProduct(a[r * width + $1], b[$1 * n + j]) }
                #expect(ck_instruction_set() == CK_PORTABLE ? abs(row[j] - sum) < 1e-3 : row[j] == sum)
            }
        }
    }
}
