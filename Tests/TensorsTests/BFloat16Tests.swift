import CStimmungKernels
import StimmungTensors
import Testing

/// Products of bfloat16: the rounding, the packing in pairs, and the bits of the sums.
struct BFloat16Tests {
    private static func random(_ count: Int, seed: UInt64) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in random.normal() }
    }

    /// The nearest number of eight significant bits, the even one of two; zero below the normal numbers.
    private static func rounded(_ x: Float) -> Float {
        guard x.isFinite else { return x }
        guard abs(x) >= Float.leastNormalMagnitude else { return x.sign == .minus ? -0.0 : 0 }
        let step = Float(sign: .plus, exponent: x.exponent - 7, significand: 1)
        return (x / step).rounded(.toNearestOrEven) * step
    }

    /// The two numbers of a pair.
    private static func numbers(_ pair: UInt32) -> [Float] { [Float(bitPattern: pair & 0xFFFF_0000), Float(bitPattern: pair << 16)] }

    /// A row of numbers after rounding to pairs.
    private static func roundedByKernel(_ row: [Float]) -> [Float] {
        var pairs = [UInt32](repeating: 1, count: (row.count + 1) / 2)
        ck_round_bf16(1, row.count, row, row.count, &pairs)
        return pairs.flatMap(numbers)
    }

    @Test func roundsToTheNearestAndTiesToEven() {
        let one: UInt32 = 0x3F80_0000
        let ties = [0x8000, 0x1_8000, 0x7FFF, 0x8001, 0x1_7FFF, 0x1_8001].map { Float(bitPattern: one + $0) }
        let edges: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, .infinity, -.infinity, 3.3e38, -3.3e38,
        ]
        let values = ties + edges + Self.random(1000, seed: 1).map { $0 * 1e-3 } + Self.random(1000, seed: 2).map { $0 * 1e30 }
        let result = Self.roundedByKernel(values)
        for (value, own) in zip(values, result) { #expect(own.bitPattern == Self.rounded(value).bitPattern, "\(value)") }
        // The last pair of an odd number of values ends in zero.
        #expect(values.count % 2 == 0 || result.last == 0)
    }

    /// Any bits of NaN: none may become infinite or zero.
    @Test(arguments: [0x7F80_0001, 0x7FC0_0000, 0xFFFF_FFFF, 0xFF80_0001] as [UInt32])
    func notANumberStaysSo(bits: UInt32) {
        #expect(Self.roundedByKernel([Float(bitPattern: bits), 1])[0].isNaN)
    }

    /// Parts of any numbers of rows: pairs are completed across them.
    @Test(arguments: [[7], [1, 1, 1, 1, 1, 1, 1], [3, 4], [2, 5], [6, 1], [70, 65, 1]], [false, true])
    func packsPairsOfRowsInPanels(parts: [Int], isTransposed: Bool) {
        let (rows, columns) = (parts.reduce(0, +), 37)
        let (depth, panels) = ((rows + 1) / 2, 3)
        let b = Self.random(rows * columns, seed: 3)
        func value(_ row: Int, _ column: Int) -> Float { b[isTransposed ? column * rows + row : row * columns + column] }
        // What was in memory before must not show.
        var packed = [UInt32](repeating: .max, count: panels * CK_PANEL * depth)
        var first = 0
        for count in parts {
            b.withUnsafeBufferPointer {
                guard let b = $0.baseAddress else { return }
                ck_pack_bf16(
                    count, columns, b + first * (isTransposed ? 1 : columns), isTransposed ? 1 : columns, isTransposed ? rows : 1, first,
                    depth, &packed)
            }
            first += count
        }
        for panel in 0..<panels {
            for pair in 0..<depth {
                for j in 0..<CK_PANEL {
                    let own = Self.numbers(packed[(panel * depth + pair) * CK_PANEL + j])
                    let column = panel * CK_PANEL + j
                    for half in 0..<2 {
                        let row = 2 * pair + half
                        #expect(own[half] == (column < columns && row < rows ? Self.rounded(value(row, column)) : 0))
                    }
                }
            }
        }
    }

    /// Every element is one sum of exact products in the order of the common dimension, rounded after every multiply-add, whatever the
    /// instruction set and the number of rows.
    @Test(arguments: [1, 2, 3, 5, 6, 8, 12, 13, 25], [(16, 1), (39, 48), (250, 57), (130, 1100)])
    func everyElementIsOneSumInOrder(m: Int, shape: (n: Int, k: Int)) {
        let (n, k) = shape
        let depth = (k + 1) / 2
        let (a, b, start) = (Self.random(m * k, seed: 4), Self.random(k * n, seed: 5), Self.random(m * n, seed: 6))
        var (pairs, packed) = ([UInt32](repeating: 0, count: m * depth), [UInt32](repeating: 0, count: depth * (n + 15)))
        ck_round_bf16(m, k, a, k, &pairs)
        ck_pack_bf16(k, n, b, n, 1, 0, depth, &packed)
        var c = [Float](repeating: .nan, count: m * n)
        ck_product_bf16(m, n, depth, pairs, depth, 1, packed, start, n, &c, n)
        let (x, y) = (a.map(Self.rounded), b.map(Self.rounded))
        for r in 0..<m {
            for j in 0..<n {
                let sum = (0..<k).reduce(start[r * n + j]) { $0.addingProduct(x[r * k + $1], y[$1 * n + j]) }
                #expect(ck_instruction_set() == CK_PORTABLE ? abs(c[r * n + j] - sum) < 1e-3 : c[r * n + j] == sum)
            }
        }
    }

    /// An operand in bfloat16 gives the products of the rounded matrices, also where it is both sides of a gradient.
    @Test(arguments: [1, 7, 64])
    func operandsAreRounded(rows: Int) {
        let (columns, others) = (33, 20)
        let (x, y, z) = (Self.random(rows * columns, seed: 7), Self.random(rows * others, seed: 8), Self.random(5 * rows, seed: 9))
        let (left, right) = (PackedOperand(), PackedOperand())
        withPointers(reading: x, y) { x, y in
            left.set(MatrixView(x, rows: rows, columns: columns), .bfloat16)
            right.set(MatrixView(y, rows: rows, columns: others), .bfloat16)
        }
        var gradient = [Float](repeating: 0, count: columns * others)
        left.addTransposedProduct(with: right, to: &gradient)
        var product = [Float](repeating: 0, count: 5 * others)
        withPointers(reading: z, writing: &product) { z, c in
            right.multiply(MatrixView(z, rows: 5, columns: rows), into: MutableMatrixView(c, rows: 5, columns: others))
        }
        let (rx, ry, rz) = (x.map(Self.rounded), y.map(Self.rounded), z.map(Self.rounded))
        for j in 0..<others {
            for i in 0..<columns {
                let sum = (0..<rows).reduce(0.0) { $0 + Double(rx[$1 * columns + i]) * Double(ry[$1 * others + j]) }
                #expect(abs(Double(gradient[i * others + j]) - sum) < 1e-4)
            }
            for i in 0..<5 {
                let sum = (0..<rows).reduce(0.0) { $0 + Double(rz[i * rows + $1]) * Double(ry[$1 * others + j]) }
                #expect(abs(Double(product[i * others + j]) - sum) < 1e-4)
            }
        }
    }
}
