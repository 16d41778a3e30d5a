import Foundation
import StimmungAudio
import Testing

struct ResamplerTests {
    @Test(arguments: [(8000, 16000), (44100, 16000), (48000, 16000), (16000, 44100), (11025, 16000), (16001, 16000)])
    func sineKeepsFrequencyAndAmplitude(from: Int, to: Int) throws {
        let signal = Signal.sine(1000, amplitude: 0.5, seconds: 1, sampleRate: from)
        let resampler = try Resampler(from: from, to: to)
        let output = try resampler.process(signal.mono) + resampler.finish()
        #expect(output.count == to)
        // Away from the ends, where the sine begins and breaks off.
        let middle = output[to / 10..<to * 9 / 10]
        #expect(abs(amplitude(of: middle, at: 1000, sampleRate: to) - 0.5) < 1e-4)
        #expect(amplitude(of: middle, at: 1020, sampleRate: to) < 1e-4)
        // No delay: the sample at a time has the value of the sine at that time.
        let errors = middle.indices.map { abs(Double(output[$0]) - 0.5 * sin(2 * .pi * 1000 * Double($0) / Double(to))) }
        #expect((errors.max() ?? 1) < 2e-4)
    }

    @Test func whatTheNewRateCannotHoldIsRemoved() throws {
        let resampler = try Resampler(from: 48000, to: 16000)
        let output = try resampler.process(Signal.sine(9000, amplitude: 0.5, seconds: 1, sampleRate: 48000).mono) + resampler.finish()
        #expect((output[1600..<14400].map(abs).max() ?? 1) < 1e-4)
    }

    @Test func lengthIsRounded() throws {
        for (from, to) in [(44100, 16000), (8000, 16000), (48000, 16000), (16000, 44100), (22050, 16000), (16001, 16000)] {
            for count in [1, 2, 3, 100, 101, 159, 160, 161, 441, 4095, 4096, 4097, 10_001, 50_003] {
                let resampler = try Resampler(from: from, to: to)
                let output = try resampler.process([Float](repeating: 0.5, count: count)) + resampler.finish()
                #expect(output.count == Int((Double(count) * Double(to) / Double(from)).rounded()), "\(count) from \(from) to \(to)")
            }
        }
    }

    @Test func blocksDoNotMatter() throws {
        let signal = Signal.speechLike(seconds: 1, sampleRate: 44100, stereo: false).mono
        let whole = try Resampler(from: 44100, to: 16000)
        let expected = try whole.process(signal) + whole.finish()
        for size in [1, 7, 1000, 4096] {
            let resampler = try Resampler(from: 44100, to: 16000)
            var output: [Float] = []
            for start in stride(from: 0, to: signal.count, by: size) {
                output += try resampler.process(Array(signal[start..<min(start + size, signal.count)]))
            }
            output += try resampler.finish()
            #expect(output == expected)
        }
    }

    @Test(arguments: [0, -16000, 999, 1_000_001, .max, .min])
    func absurdRates(_ rate: Int) {
        #expect(throws: AudioError.badSampleRate(rate: rate)) { try Resampler(from: rate, to: 16000) }
        #expect(throws: AudioError.badSampleRate(rate: rate)) { try Resampler(from: 16000, to: rate) }
    }
}
