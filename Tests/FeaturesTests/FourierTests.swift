import Foundation
import StimmungFeatures
import StimmungTensors
import Testing

/// Checks the transform of eight frames at once against the definition in double precision.
struct FourierTests {
    /// Even and odd powers of two, odd primes, their products, and typical sizes.
    private static let sizes = [2, 4, 6, 8, 10, 16, 18, 30, 64, 98, 128, 256, 400, 262, 480, 512, 550, 1024, 1102, 4096]

    /// Random samples as lanes in random order, with weights, and their transform.
    private struct Fixture {
        let size: Int
        var transform: FourierTransform
        let input: [Float]
        private let samples: [[Double]]

        init(size: Int) {
            var random = RandomSource(seed: UInt64(size))
            let lanes = FourierTransform.lanes
            let weights = (0..<size).map { _ in random.normal() }
            let places = (0..<size).map { (size - 1 - $0) * lanes + 3 }
            let input = (0..<size * lanes + 3).map { _ in random.normal() }
            self.size = size
            self.input = input
            transform = FourierTransform(size: size) { (places[$0], weights[$0]) }
            samples = (0..<lanes).map { lane in (0..<size).map { Double(weights[$0]) * Double(input[places[$0] + lane]) } }
        }

        /// X_k of a lane by the definition.
        func reference(lane: Int, bin: Int) -> (real: Double, imaginary: Double) {
            samples[lane].indices.reduce((0, 0)) { sum, n in
                let angle = -2 * Double.pi * Double(bin * n % size) / Double(size)
                return (sum.0 + samples[lane][n] * cos(angle), sum.1 + samples[lane][n] * sin(angle))
            }
        }

        /// Calls `body` with every lane, bin and output.
        mutating func outputs(_ run: (inout FourierTransform, UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void)
            -> [Float]
        {
            var output = [Float](repeating: .nan, count: transform.bins * FourierTransform.lanes)
            input.withUnsafeBufferPointer { input in output.withUnsafeMutableBufferPointer { run(&transform, input, $0) } }
            return output
        }
    }

    @Test("power spectra and real parts for various sizes", arguments: sizes)
    func definition(size: Int) {
        var fixture = Fixture(size: size)
        let power = fixture.outputs { $0.power(of: $1, into: $2) }
        let real = fixture.outputs { $0.realParts(of: $1, into: $2) }
        #expect(power.count == (size / 2 + 1) * FourierTransform.lanes)
        var (largest, powerError, realError) = (0.0, 0.0, 0.0)
        for lane in 0..<FourierTransform.lanes {
            for bin in 0...size / 2 {
                let expected = fixture.reference(lane: lane, bin: bin)
                let square = expected.real * expected.real + expected.imaginary * expected.imaginary
                let index = bin * FourierTransform.lanes + lane
                largest = max(largest, square)
                powerError = max(powerError, abs(Double(power[index]) - square))
                realError = max(realError, abs(Double(real[index]) - expected.real))
            }
        }
        #expect(powerError <= 1e-6 * largest, "\(powerError) of \(largest)")
        #expect(realError <= 1e-6 * largest.squareRoot(), "\(realError) of \(largest.squareRoot())")
    }

    @Test("a copy has its own working memory")
    func copies() {
        var fixture = Fixture(size: 64)
        let before = fixture.outputs { $0.power(of: $1, into: $2) }
        var copy = fixture.transform
        var other = [Float](repeating: 0, count: copy.bins * FourierTransform.lanes)
        fixture.input.map { -3 * $0 }.withUnsafeBufferPointer { input in
            other.withUnsafeMutableBufferPointer { copy.power(of: input, into: $0) }
        }
        #expect(other != before)
        #expect(fixture.outputs { $0.power(of: $1, into: $2) } == before)
    }
}
