import CStimmungKernels
import Foundation
import StimmungSupport
import StimmungTensors
import Testing

/// Checks fast kernels against slow references in double precision.
struct KernelTests {
    private let arguments = (0..<4001).map { -100 + 0.05 * Float($0) }

    private func values(of kernel: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var result = arguments
        withPointers(reading: arguments, writing: &result) { x, y in kernel(arguments.count, x, y) }
        return result
    }

    private func worst(_ values: [Float], _ reference: (Double) -> Double, relative: Bool = false) -> Double {
        zip(arguments, values).reduce(0) { worst, pair in
            let exact = reference(Double(pair.0))
            return max(worst, abs(Double(pair.1) - exact) / (relative ? exact : 1))
        }
    }

    @Test func sigmoid() {
        let values = values(of: ck_sigmoid)
        #expect(worst(values, { 1 / (1 + exp(-$0)) }) < 2e-7)
    }

    @Test func hyperbolicTangent() {
        let values = values(of: ck_tanh)
        #expect(worst(values, { tanh($0) }) < 3e-7)
    }

    @Test func exponential() {
        let values = values(of: ck_exp)
        #expect(worst(values, { exp(min(max($0, -87), 87)) }, relative: true) < 3e-7)
    }

    /// Four draws of 16 bits for each number of the generator, the lowest bits first; after it, the generator continues as usual.
    @Test(arguments: [1, 4, 255, 256, 1003]) func dropout(count: Int) {
        var (random, reference) = (RandomSource(seed: 3), RandomSource(seed: 3))
        let threshold: UInt32 = 20_000
        var factors = [Float](repeating: -1, count: count)
        var x = (0..<count).map { Float($0) }
        factors.withUnsafeMutableBufferPointer { factors in
            x.withUnsafeMutableBufferPointer { x in
                guard let factors = factors.baseAddress, let x = x.baseAddress else { return }
                random.withState { ck_dropout(count, threshold, 1.5, $0, factors, x) }
            }
        }
        var expected: [Float] = []
        for _ in 0..<(count + 3) / 4 {
            let bits = reference.next()
            for lane in 0..<4 { expected.append(bits >> UInt64(16 * lane) & 0xFFFF < UInt64(threshold) ? 0 : 1.5) }
        }
        #expect(factors == Array(expected.prefix(count)))
        #expect(x == expected.prefix(count).enumerated().map { Float($0) * $1 })
        #expect(random == reference)
    }

    /// A matrix, or its transpose, stored in rows with gaps.
    private struct Operand {
        static let gap = 3
        let rows: Int
        let columns: Int
        let isTransposed: Bool
        let elements: [Float]

        init(_ rows: Int, _ columns: Int, isTransposed: Bool = false, _ random: inout RandomSource) {
            self.rows = rows
            self.columns = columns
            self.isTransposed = isTransposed
            let count = isTransposed ? columns * (rows + Self.gap) : rows * (columns + Self.gap)
            elements = (0..<count).map { _ in random.normal() }
        }

        func view(_ pointer: UnsafePointer<Float>) -> MatrixView {
            isTransposed
                ? MatrixView(pointer, rows: columns, columns: rows, stride: rows + Self.gap).transposed
                : MatrixView(pointer, rows: rows, columns: columns, stride: columns + Self.gap)
        }

        subscript(row: Int, column: Int) -> Double {
            Double(elements[isTransposed ? column * (rows + Self.gap) + row : row * (columns + Self.gap) + column])
        }
    }

    /// 2 a b, and c + 2 a b, with plain and transposed operands.
    @Test(
        arguments: [(1, 1, 1), (3, 5, 2), (17, 33, 9), (64, 512, 128), (20, 140, 530)],
        [(false, false), (true, false), (false, true), (true, true)])
    func products(shape: (m: Int, n: Int, k: Int), transposed: (a: Bool, b: Bool)) {
        for accumulates in [false, true] { product(shape, transposed, accumulates: accumulates) }
    }

    private func product(_ shape: (m: Int, n: Int, k: Int), _ transposed: (a: Bool, b: Bool), accumulates: Bool) {
        let (m, n, k) = shape
        var random = RandomSource(seed: 1)
        let a = Operand(m, k, isTransposed: transposed.a, &random)
        let b = Operand(k, n, isTransposed: transposed.b, &random)
        let start = Operand(m, n, &random)
        let stride = n + Operand.gap
        var c = start.elements
        withPointers(reading: a.elements, b.elements, writing: &c) { x, y, z in
            Product.multiply(
                a.view(x), b.view(y), scale: 2, accumulates: accumulates, into: MutableMatrixView(z, rows: m, columns: n, stride: stride))
        }
        for row in 0..<m {
            for column in 0..<n {
                let exact = 2 * (0..<k).reduce(0.0) { $0 + a[row, $1] * b[$1, column] } + (accumulates ? start[row, column] : 0)
                #expect(abs(Double(c[row * stride + column]) - exact) < 5e-4)
            }
            for i in row * stride + n..<(row + 1) * stride { #expect(c[i] == start.elements[i]) }
        }
    }

    @Test func errorCodesAreUnique() {
        let errors: [any StimmungError] = [
            SafetensorsError.unreadable(file: "", reason: ""), SafetensorsError.unwritable(file: "", reason: ""),
            SafetensorsError.malformed(file: "", reason: ""), SafetensorsError.unsupportedType(file: "", tensor: "", type: ""),
            SafetensorsError.missingMetadata(file: "", key: ""), SafetensorsError.missingTensor(file: "", tensor: ""),
            SafetensorsError.wrongShape(file: "", tensor: "", shape: [], expected: []), FrameError.cannotKeep(folder: "", reason: ""),
            FrameError.cannotRead(folder: "", reason: ""),
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
    }
}
