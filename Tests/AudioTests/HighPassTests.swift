import Foundation
import StimmungAudio
import Testing

struct HighPassTests {
    /// The first outputs of `scipy.signal.lfilter(*scipy.signal.butter(2, 70, "highpass", fs=16000), x, zi=…)` for x = 0.3, 1, −0.5, 0.25,
    /// 0, 0, 2, 0, with `zi` the steady state of 0.3 (SciPy 1.17).
    @Test("outputs are SciPy's")
    func reference() throws {
        var samples: [Float] = [0.3, 1, -0.5, 0.25, 0, 0, 2, 0]
        var highPass = HighPass(cutoff: 70, sampleRate: 16000)
        highPass.process(&samples)
        let expected: [Double] = [
            0.000000000, 0.686525032, -0.811285612, -0.044696857, -0.288054514, -0.276732099, 1.695863835, -0.331011101,
        ]
        for (sample, expected) in zip(samples, expected) { #expect(abs(Double(sample) - expected) < 1e-6) }
    }

    /// The gain of a sine after the filter has settled, in decibels.
    private func gain(_ frequency: Double, cutoff: Double, sampleRate: Int) -> Double {
        var samples = (0..<sampleRate).map { Float(sin(2 * Double.pi * frequency * Double($0) / Double(sampleRate))) }
        var highPass = HighPass(cutoff: cutoff, sampleRate: sampleRate)
        highPass.process(&samples)
        return 10 * log10(2 * samples[(sampleRate / 2)...].reduce(0) { $0 + Double($1) * Double($1) } / Double(sampleRate / 2))
    }

    @Test("−3 dB at the cut-off, 12 dB per octave below, nothing above", arguments: [(70, 16000), (70, 48000), (300, 8000)])
    func response(cutoff: Double, sampleRate: Int) {
        #expect(abs(gain(cutoff, cutoff: cutoff, sampleRate: sampleRate) + 3.01) < 0.05)
        #expect(abs(gain(cutoff / 2, cutoff: cutoff, sampleRate: sampleRate) + 12.3) < 0.3)
        #expect(abs(gain(cutoff * 8, cutoff: cutoff, sampleRate: sampleRate)) < 0.01)
    }

    @Test("a constant gives zeros from the first sample on")
    func constant() {
        var samples = [Float](repeating: 0.25, count: 1000)
        var highPass = HighPass(cutoff: 70, sampleRate: 16000)
        highPass.process(&samples)
        #expect(samples.allSatisfy { abs($0) < 1e-7 })
    }

    @Test("pieces of any size give the same bits, and a reset filter the same again")
    func pieces() {
        let signal = (0..<5000).map { Float(sin(0.01 * Double($0 * $0 % 777))) + 0.1 }
        var whole = signal
        var highPass = HighPass(cutoff: 70, sampleRate: 16000)
        highPass.process(&whole)
        for size in [1, 7, 160, 4999] {
            highPass.reset()
            var joined: [Float] = []
            for start in stride(from: 0, to: signal.count, by: size) {
                var piece = Array(signal[start..<min(start + size, signal.count)])
                highPass.process(&piece)
                joined += piece
            }
            #expect(joined.map(\.bitPattern) == whole.map(\.bitPattern), "pieces of \(size)")
        }
    }

    @Test("a state that decays in silence is set to 0, in pieces of any size")
    func silence() {
        let click: [Float] = [0.5, -0.5, 1]
        let signal = click + [Float](repeating: 0, count: 6000) + click + [Float](repeating: 0, count: 300)
        var whole = signal
        var highPass = HighPass(cutoff: 70, sampleRate: 16000)
        highPass.process(&whole)
        #expect(whole[5500..<6003].allSatisfy { $0 == 0 })
        #expect(whole[6003] > 0.4)
        var joined: [Float] = []
        highPass.reset()
        for start in stride(from: 0, to: signal.count, by: 37) {
            var piece = Array(signal[start..<min(start + 37, signal.count)])
            highPass.process(&piece)
            joined += piece
        }
        #expect(joined.map(\.bitPattern) == whole.map(\.bitPattern))
    }
}
