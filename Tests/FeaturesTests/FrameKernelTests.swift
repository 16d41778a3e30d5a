import CStimmungKernels
import Foundation
import StimmungTensors
import Testing

/// Checks the kernels of the front end against their definitions.
struct FrameKernelTests {
    private let lanes = Int(CK_LANES)

    private func normals(_ count: Int, seed: UInt64 = 1) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in random.normal() }
    }

    @Test("hops are transposed, for any length and number", arguments: [1, 3, 8, 13, 160], [1, 2, 8, 11, 19])
    func turn(hop: Int, hops: Int) {
        let samples = normals(hop * hops)
        let stride = hops + 2
        var turned = [Float](repeating: -7, count: hop * stride)
        ck_turn_hops(hop, hops, samples, &turned, stride)
        for place in 0..<hop {
            #expect((0..<hops).map { turned[place * stride + $0] } == (0..<hops).map { samples[$0 * hop + place] })
            #expect(turned[place * stride + hops] == -7)
        }
    }

    @Test("pre-emphasis", arguments: [1, 15, 400])
    func emphasis(count: Int) {
        let samples = normals(count + 1)
        var output = [Float](repeating: 0, count: count)
        ck_emphasise(count, 0.97, samples, &output)
        for t in 0..<count { #expect(abs(output[t] - (samples[t + 1] - 0.97 * samples[t])) < 1e-6) }
    }

    @Test("a sample that is not finite or too large is detected at any position", arguments: [0, 15, 16, 40, 99])
    func within(position: Int) {
        var samples = normals(100).map { max(-4, min(4, $0)) }
        samples[position] = -4
        #expect(ck_within(100, 4, samples) == 1)
        for bad in [Float.nan, .infinity, -.infinity, 4.5, -4.5] {
            samples[position] = bad
            #expect(ck_within(100, 4, samples) == 0)
        }
        #expect(ck_within(0, 4, samples) == 1)
    }

    @Test("the largest magnitude", arguments: [1, 15, 16, 247])
    func magnitude(count: Int) {
        for sign: Float in [-1, 1] {
            var samples = normals(count).map { max(-4, min(4, $0)) }
            samples[count * 2 / 3] = sign * 5
            #expect(ck_largest_magnitude(count, samples) == 5)
        }
        #expect(ck_largest_magnitude(0, normals(1)) == 0)
    }

    @Test("logarithms from the floor to the largest number, in single precision")
    func logarithm() {
        let floor: Float = 1e-30
        let values =
            stride(from: Float(-31), to: 38, by: 0.0037).map { Float(pow(10, Double($0))) } + [0, -1, floor, .leastNormalMagnitude]
        var output = values
        ck_floor_and_log(output.count, floor, &output)
        for (value, result) in zip(values, output) {
            let expected = log(Double(max(value, floor)))
            #expect(abs(Double(result) - expected) <= 2e-7 * max(1, abs(expected)), "ln \(value) is \(result)")
        }
    }

    @Test("a floor for each place of a lane gives the same logarithms")
    func floorsOfLanes() {
        let values = normals(5 * lanes, seed: 4).map { abs($0) }
        let floors = (0..<lanes).map { 0.1 * Float($0 + 1) }
        var output = values
        ck_floor_lanes_and_log(5, floors, &output)
        for lane in 0..<lanes {
            var column = (0..<5).map { values[$0 * lanes + lane] }
            ck_floor_and_log(5, floors[lane], &column)
            #expect(column == (0..<5).map { output[$0 * lanes + lane] })
        }
    }

    @Test("bands are weighted sums of bins; an empty band is zero")
    func bands() {
        let (first, count): ([UInt32], [UInt32]) = ([0, 4, 9, 2], [5, 1, 3, 0])
        let (weights, power) = (normals(9, seed: 2), normals(12 * lanes, seed: 3))
        var sums = [Float](repeating: .nan, count: 4 * lanes)
        ck_band_sums(4, first, count, weights, power, &sums)
        var start = 0
        for band in 0..<4 {
            for lane in 0..<lanes {
                let expected = (0..<Int(count[band])).reduce(Float(0)) {
                    $0 + weights[start + $1] * power[(Int(first[band]) + $1) * lanes + lane]
                }
                #expect(abs(sums[band * lanes + lane] - expected) < 1e-5)
            }
            start += Int(count[band])
        }
    }

    @Test("the product of the cosine transform, and lanes written as rows")
    func product() {
        let (inputs, outputs) = (26, 13)
        let (factors, values) = (normals(inputs * outputs, seed: 4), normals(inputs * lanes, seed: 5))
        var result = [Float](repeating: .nan, count: outputs * lanes)
        ck_cosine_transform(inputs, outputs, factors, values, &result)
        var rows = [Float](repeating: -7, count: 3 * 20)
        ck_write_rows(3, outputs, result, &rows, 20)
        for frame in 0..<3 {
            for n in 0..<outputs {
                let expected = (0..<inputs).reduce(Float(0)) { $0 + factors[$1 * outputs + n] * values[$1 * lanes + frame] }
                #expect(abs(rows[frame * 20 + n] - expected) < 1e-4)
            }
            #expect(rows[frame * 20 + outputs] == -7)
        }
    }

    @Test("deltas of rows of any width", arguments: [1, 13], [1, 2, 5])
    func slopes(width: Int, reach: Int) {
        let count = 6
        let rows = normals((count + 2 * reach) * width, seed: 6)
        var output = [Float](repeating: .nan, count: count * width)
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            ck_slopes(count * width, width, reach, base + reach * width, &output)
        }
        let divisor = 2 * (1...reach).reduce(0) { $0 + Float($1 * $1) }
        for (index, slope) in output.enumerated() {
            let place = index + reach * width
            let expected = (1...reach).reduce(Float(0)) { $0 + Float($1) * (rows[place + $1 * width] - rows[place - $1 * width]) } / divisor
            #expect(abs(slope - expected) < 1e-5)
        }
    }
}
