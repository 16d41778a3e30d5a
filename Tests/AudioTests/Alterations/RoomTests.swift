import Foundation
import StimmungAudio
import Testing

struct RoomTests {
    private func response(_ seconds: Double, sampleRate: Int, seed: UInt64 = 1) throws -> [Float] {
        var impulse = [Float](repeating: 0, count: Int(1.2 * seconds * Double(sampleRate)) + 1)
        impulse[0] = 1
        return try Alteration.room(seconds: seconds).apply(to: impulse, sampleRate: Double(sampleRate), seed: seed)
    }

    /// Twice the time in which Schroeder's backward integral falls from −5 to −35 dB, by a line of least squares (ISO 3382).
    private func reverberation(_ response: [Float], sampleRate: Int) -> Double {
        var rest = 0.0
        var energies = response.reversed().map { sample -> Double in
            rest += Double(sample) * Double(sample)
            return rest
        }
        energies.reverse()
        let points = energies.enumerated().compactMap { index, energy -> (x: Double, y: Double)? in
            let level = 10 * log10(energy / energies[0])
            return (-35...(-5)).contains(level) ? (Double(index) / Double(sampleRate), level) : nil
        }
        let count = Double(points.count)
        let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        let slope = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        return -60 / slope
    }

    @Test(arguments: [0.2, 0.4, 0.8, 1.5], [16000, 44100]) func soundDecaysByTheTime(seconds: Double, sampleRate: Int) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let measured = reverberation(try response(seconds, sampleRate: sampleRate, seed: seed), sampleRate: sampleRate)
            #expect(abs(measured / seconds - 1) < 0.15, "\(measured)")
        }
    }

    @Test func theDirectSoundComesFirstAndAlone() throws {
        let response = try response(0.4, sampleRate: 16000)
        let greatest = try #require(response.indices.max { abs(response[$0]) < abs(response[$1]) })
        #expect(greatest == 0)
        #expect(response[1..<48].allSatisfy { abs($0) < 1e-5 })
        let energy = response.reduce(0) { $0 + $1 * $1 }
        #expect(abs(energy - 1) < 1e-4)
        // At 1 m in 100 m³ the diffuse sound has π · 0.4 of the direct sound's energy; early reflections come on top.
        let ratio = (energy - response[0] * response[0]) / (response[0] * response[0])
        #expect(ratio > 1.25 && ratio < 2)
    }

    @Test func roomsDiffer() throws {
        #expect(try response(0.4, sampleRate: 16000, seed: 1) != response(0.4, sampleRate: 16000, seed: 2))
        #expect(try response(0.05, sampleRate: 1000).allSatisfy { $0.isFinite })
    }

    @Test(arguments: [(1, 1), (7, 3), (3, 7), (5000, 1), (5000, 33), (1024, 1024), (20_000, 1500)])
    func convolutionIsTheSumOfProducts(count: Int, taps: Int) {
        let signal = (0..<count).map { Float(sin(Double($0 * $0 % 911))) }
        let kernel = (0..<taps).map { Float(cos(Double($0 * $0 % 577))) }
        let result = convolution(signal, kernel)
        #expect(result.count == count + taps - 1)
        for index in stride(from: 0, to: result.count, by: max(1, result.count / 97)) {
            var sum = 0.0
            for tap in max(0, index - count + 1)..<min(taps, index + 1) { sum += Double(kernel[tap]) * Double(signal[index - tap]) }
            #expect(abs(Double(result[index]) - sum) < 2e-5 * Double(taps).squareRoot() + 1e-5, "\(index)")
        }
        #expect(convolution([], kernel).isEmpty && convolution(signal, []).isEmpty)
    }
}
