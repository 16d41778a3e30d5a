import CStimmungKernels
import Foundation
import StimmungBoltzmann
import StimmungTensors
import Testing

/// Checks fast kernels against slow references in double precision.
struct KernelTests {
    private func state(_ seed: UInt64) -> [UInt32] {
        var random = RandomSource(seed: seed)
        return (0..<64).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    }

    @Test func softplus() {
        let x = (0..<4001).map { -80 + 0.04 * Float($0) }
        var y = [Float](repeating: 0, count: x.count)
        ck_softplus(x.count, x, &y)
        for (x, y) in zip(x, y) {
            let exact = max(Double(x), 0) + log1p(exp(-abs(Double(x))))
            #expect(abs(Double(y) - exact) < 4e-7 * exact)
        }
    }

    /// Lengths that are multiples of the generators' round, and others.
    @Test(arguments: [160_000, 99_991]) func bernoulli(count: Int) {
        let x = (0..<count).map { -3 + 6 * Float($0) / Float(count) }
        var (probability, sample) = (x, x)
        var state = state(1)
        ck_bernoulli(count, x, &state, &probability, &sample)
        #expect(sample.allSatisfy { $0 == 0 || $0 == 1 })
        for band in 0..<10 {
            let range = band * count / 10..<(band + 1) * count / 10
            let expected = range.reduce(0.0) { $0 + 1 / (1 + exp(-Double(x[$1]))) }
            let deviation = range.reduce(0.0) { $0 + Double(probability[$1] * (1 - probability[$1])) }.squareRoot()
            let drawn = range.reduce(0.0) { $0 + Double(sample[$1]) }
            #expect(abs(drawn - expected) < 4 * deviation)
        }
    }

    /// The upper 24 bits of the next word of each generator.
    private func words(_ state: inout [UInt32]) -> [UInt32] {
        // The sample shows u < p: bisect by drawing the same round with many p.
        let start = state
        var words = [UInt32](repeating: 0, count: 16)
        for threshold in (0..<24).reversed() {
            state = start
            var p = words.map { Float($0 + UInt32(1) << threshold) * 0x1p-24 }
            ck_choose(16, &state, &p)
            for lane in 0..<16 where p[lane] == 0 { words[lane] += 1 << threshold }
        }
        return words
    }

    /// The first words after the state 1, 2, 3, 4, as published with implementations of xoshiro128+.
    @Test func knownAnswersOfXoshiro() {
        let published: [UInt32] = [
            5, 12295, 25_178_119, 27_286_542, 39_879_690, 1_140_358_681, 3_276_312_097, 4_110_231_701, 399_823_256, 2_144_435_200,
        ]
        var state = (1...4).flatMap { [UInt32](repeating: $0, count: 16) }
        for word in published { #expect(words(&state) == [UInt32](repeating: word >> 8, count: 16)) }
    }

    /// Sixteen generators with states of their own, from the definition of xoshiro128+ in plain Swift.
    @Test func bitsEqualXoshiro() {
        var state = state(2)
        let start = state
        let words = words(&state)
        for lane in 0..<16 {
            #expect(words[lane] == (start[lane] &+ start[48 + lane]) >> 8)
            let (s0, s1) = (start[lane], start[16 + lane])
            let (s2, s3) = (start[32 + lane] ^ s0, start[48 + lane] ^ s1)
            #expect(state[lane] == s0 ^ s3)
            #expect(state[16 + lane] == s1 ^ s2)
            #expect(state[32 + lane] == s2 ^ (s1 << 9))
            #expect(state[48 + lane] == (s3 << 11) | (s3 >> 21))
        }
    }

    @Test(arguments: [400_000, 100_003]) func normal(count: Int) {
        var x = [Float](repeating: 0, count: count)
        var state = state(3)
        ck_add_normal(count, &state, &x)
        func moment(_ power: Double) -> Double { x.reduce(0) { $0 + pow(Double($1), power) } / Double(count) }
        let error = 4 / Double(count).squareRoot()
        // Moments of N(0, 1), with the standard deviations of their estimates.
        #expect(abs(moment(1)) < error)
        #expect(abs(moment(2) - 1) < 2.0.squareRoot() * error)
        #expect(abs(moment(3)) < 15.0.squareRoot() * error)
        #expect(abs(moment(4) - 3) < 96.0.squareRoot() * error)
        let neighbours = zip(x, x.dropFirst()).reduce(0.0) { $0 + Double($1.0 * $1.1) } / Double(count)
        #expect(abs(neighbours) < error)
        // The distribution function at a few points.
        for place in [-2.5, -1, -0.3, 0, 0.7, 1.6, 3] {
            let share = Double(x.filter { Double($0) < place }.count) / Double(count)
            let exact = erfc(-place / 2.0.squareRoot()) / 2
            #expect(abs(share - exact) < (exact * (1 - exact)).squareRoot() * error)
        }
    }

    @Test(arguments: [1, 16, 39, 256]) func contrast(columns: Int) {
        let (rows, scale) = (9, Float(0.3))
        let (x, h) = (normals(rows, columns, seed: 4), normals(rows, columns, seed: 5))
        let panels = (columns + 15) / 16
        var contrast = [Float](repeating: 77, count: panels * 16 * rows + 1)
        var negative = contrast
        ck_contrast(rows, columns, scale, h.elements, x.elements, &contrast, &negative)
        for row in 0..<rows {
            for column in 0..<16 * panels {
                let place = column / 16 * 16 * rows + 16 * row + column % 16
                let exists = column < columns
                let sigma = exists ? 1 / (1 + exp(-Double(x[row, column]))) : 0
                let difference = exists ? Double(h[row, column]) - sigma : 0
                #expect(abs(Double(negative[place]) + Double(scale) * sigma) < 1e-6)
                #expect(abs(Double(contrast[place]) - Double(scale) * difference) < 1e-6)
            }
        }
        #expect(contrast.last == 77 && negative.last == 77)
    }

    @Test func update() {
        let n = 1003
        let (x, h, gradient) = (normals(1, n, seed: 4).elements, normals(1, n, seed: 5).elements, normals(1, n, seed: 8).elements)
        var (velocity, parameter) = (h, x)
        ck_momentum(n, 0.1, 0.9, 0.01, gradient, &velocity, &parameter)
        for i in 0..<n {
            let v = 0.9 * Double(h[i]) + 0.1 * (Double(gradient[i]) - 0.01 * Double(x[i]))
            #expect(abs(Double(velocity[i]) - v) < 1e-6)
            #expect(abs(Double(parameter[i]) - (Double(x[i]) + v)) < 1e-6)
        }
    }

    @Test func distanceOfRows() {
        let (x, y) = (normals(7, 45, seed: 6), normals(7, 39, seed: 7))
        var difference = y.elements
        ck_subtract_rows(7, 39, 45, x.elements, &difference)
        var exact = 0.0
        for row in 0..<7 {
            for column in 0..<39 {
                #expect(difference[row * 39 + column] == y[row, column] - x[row, column])
                exact += Double(difference[row * 39 + column]) * Double(difference[row * 39 + column])
            }
        }
        #expect(agree(ck_squared_distance(7, 39, 45, x.elements, y.elements), exact))
    }
}
