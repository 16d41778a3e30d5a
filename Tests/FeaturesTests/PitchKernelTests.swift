import CStimmungKernels
import StimmungTensors
import Testing

/// Checks the kernels of pitch candidates against their definitions.
struct PitchKernelTests {
    private let lanes = Int(CK_LANES)

    private func normals(_ count: Int, seed: UInt64) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in random.normal() }
    }

    @Test("frames without their means, and their largest magnitudes", arguments: [3, 8, 13, 739], [1, 160])
    func centre(count: Int, hop: Int) {
        let samples = normals((lanes - 1) * hop + count, seed: 5).map { $0 + 2 }
        let middle = count / 3..<count - count / 3
        var frames = [Float](repeating: -7, count: (count + 1) * lanes)
        var peaks = [Float](repeating: 0, count: lanes)
        ck_centre_frames(count, hop, middle.lowerBound, middle.count, samples, &frames, &peaks)
        for lane in 0..<lanes {
            let own = samples[lane * hop..<lane * hop + count]
            let mean = own.reduce(0) { $0 + Double($1) } / Double(count)
            for (place, sample) in own.enumerated() { #expect(abs(Double(frames[place * lanes + lane]) - Double(sample) + mean) < 2e-6) }
            #expect(peaks[lane] == middle.map { abs(frames[$0 * lanes + lane]) }.max())
        }
        #expect(frames[(count * lanes)...].allSatisfy { $0 == -7 })
    }

    @Test("peaks of each lane, in order", arguments: [1, 2, 5], [5, 6, 40])
    func peaks(first: Int, last: Int) {
        let correlations = normals((last + 2) * lanes, seed: 6).map { max(-1, min(1, $0)) }.enumerated().map { index, value in
            // Plateaus, and a lane of silence.
            index % lanes == 3 ? 0 : index < lanes ? 2 + value : (4 * value).rounded() / 4
        }
        let correction = (0..<last + 2).map { 1 + Float($0) / 8 }
        var normalised = [Float](repeating: 0, count: correlations.count)
        let room = (last - first) / 2 + 2
        var peaks = [UInt32](repeating: 0, count: room * lanes)
        var counts = [Int](repeating: -1, count: lanes)
        ck_find_peaks(first, last, 0.2, correction, correlations, &normalised, room, &peaks, &counts)
        for lane in 0..<lanes {
            let factor = 1 / correlations[lane]
            let values = (0..<last + 2).map { correlations[$0 * lanes + lane] * factor * correction[$0] }
            let expected = (first...last).filter { values[$0] > 0.2 && values[$0] > values[$0 - 1] && values[$0] >= values[$0 + 1] }
            if lane == 3 { #expect(counts[lane] == 0) }
            #expect((first - 1...last + 1).allSatisfy { lane == 3 || normalised[$0 * lanes + lane] == values[$0] })
            #expect(peaks[lane * room..<lane * room + counts[lane]].map(Int.init) == expected)
        }
    }
}
