import Foundation
import StimmungTensors
import Testing

/// Fast kernels against slow references in double precision.
struct KernelTests {
    private let arguments = (0..<4001).map { -100 + 0.05 * Float($0) }

    private func worst(_ values: [Float], _ reference: (Double) -> Double, relative: Bool = false) -> Double {
        zip(arguments, values).reduce(0) { worst, pair in
            let exact = reference(Double(pair.0))
            return max(worst, abs(Double(pair.1) - exact) / (relative ? exact : 1))
        }
    }

    @Test func sigmoid() {
        var values = arguments
        Elementwise.sigmoid(&values)
        #expect(worst(values, { 1 / (1 + exp(-$0)) }) < 2e-7)
    }

    @Test func hyperbolicTangent() {
        var values = arguments
        Elementwise.tanh(&values)
        #expect(worst(values, { tanh($0) }) < 3e-7)
    }

    @Test func exponential() {
        var values = arguments
        Elementwise.exponential(&values)
        #expect(worst(values, { exp(min(max($0, -87), 87)) }, relative: true) < 3e-7)
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 2), (17, 33, 9), (64, 512, 128)]) func products(m: Int, n: Int, k: Int) {
        var random = RandomSource(seed: 1)
        let a = Matrix(rows: m, columns: k, elements: (0..<m * k).map { _ in random.normal() })
        let b = Matrix(rows: k, columns: n, elements: (0..<k * n).map { _ in random.normal() })
        let c = a.times(b)
        for row in 0..<m {
            for column in 0..<n {
                let exact = (0..<k).reduce(0.0) { $0 + Double(a[row, $1]) * Double(b[$1, column]) }
                #expect(abs(Double(c[row, column]) - exact) < 1e-4)
            }
        }
    }
}
