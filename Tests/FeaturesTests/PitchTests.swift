import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

struct PitchTests {
    private static let options = FeatureOptions(kinds: [.pitch], deltas: 0)

    /// The frames whose pitch windows are within the signal.
    private func inner(_ frames: Matrix) -> Range<Int> { 3..<frames.rows - 3 }

    private func expectPitch(_ samples: [Float], _ hertz: Double, within tolerance: Double) throws {
        let frames = try extract(samples: samples, options: PitchTests.options)
        for frame in inner(frames) {
            let found = exp(Double(frames[frame, 0]))
            #expect(abs(found / hertz - 1) < tolerance, "frame \(frame): \(found) Hz for \(hertz) Hz")
            #expect(frames[frame, 1] > 0.8, "frame \(frame): voicing \(frames[frame, 1])")
        }
    }

    @Test("sines", arguments: [70.0, 99.5, 123.4, 220, 333.3, 440, 580])
    func sines(hertz: Double) throws {
        try expectPitch(KnownVoice.sine(hertz), hertz, within: 0.002)
    }

    @Test("pulse trains with integer and fractional periods", arguments: [70.0, 100, 123.4, 220, 333.3, 440, 580])
    func pulses(hertz: Double) throws {
        try expectPitch(KnownVoice.pulses({ _ in hertz }), hertz, within: 0.01)
    }

    @Test("vowels", arguments: [80.0, 110, 150, 210, 300, 420], [KnownVoice.a, KnownVoice.i, KnownVoice.u])
    func vowels(hertz: Double, formants: [(frequency: Double, bandwidth: Double)]) throws {
        try expectPitch(KnownVoice.vowel(hertz, formants: formants), hertz, within: 0.01)
    }

    @Test("a glide is tracked without jumps")
    func glide() throws {
        let pitch = { (time: Double) in 100 * exp2(1.5 * time) }
        let frames = try extract(samples: KnownVoice.pulses(pitch, count: 24_000), options: PitchTests.options)
        for frame in inner(frames) {
            let expected = pitch(Double(frame) * 0.01 + 0.0125)
            #expect(abs(exp(Double(frames[frame, 0])) / expected - 1) < 0.01, "frame \(frame)")
        }
    }

    @Test("loudness has no effect")
    func loudness() throws {
        let samples = KnownVoice.vowel(140, formants: KnownVoice.a, count: 8000)
        let loud = try extract(samples: samples, options: PitchTests.options)
        let faint = try extract(samples: samples.map { $0 / 4096 }, options: PitchTests.options)
        // Scaling by a power of two is exact in all intermediate results.
        #expect(loud == faint)
    }

    @Test("noise is unvoiced")
    func noise() throws {
        let frames = try extract(samples: KnownVoice.noise(), options: PitchTests.options)
        let voiced = (0..<frames.rows).filter { frames[$0, 1] > 0.5 }.count
        #expect(voiced <= frames.rows / 50, "\(voiced) of \(frames.rows) frames")
    }

    @Test("the contour is interpolated between voiced segments and constant before the first")
    func gap() throws {
        let silence = [Float](repeating: 0, count: 800)
        let samples =
            silence + KnownVoice.pulses({ _ in 100 }, count: 8000) + silence + KnownVoice.pulses({ _ in 200 }, count: 8000)
        let frames = try extract(samples: samples, options: PitchTests.options)
        let contour = (0..<frames.rows).map { frames[$0, 0] }
        #expect(abs(contour[0] - log(100)) < 0.02)
        let rise = (50..<65).filter { frames[$0, 1] <= 0.5 }
        #expect(rise.count >= 2)
        #expect(zip(contour[50..<64], contour[51..<65]).allSatisfy { $0 <= $1 + 0.02 })
        let steps = rise.map { contour[$0 + 1] - contour[$0] }
        #expect(steps.allSatisfy { abs($0 - steps[0]) < 0.02 }, "\(steps)")
    }

    @Test("an unvoiced recording has the middle of the range")
    func unvoiced() throws {
        var click = [Float](repeating: 0, count: 3000)
        click[1500] = 0.5
        let frames = try extract(samples: click, options: PitchTests.options)
        let middle = Float((log(65.0) + log(600)) / 2)
        for frame in 0..<frames.rows {
            #expect(abs(frames[frame, 0] - middle) < 1e-5 && frames[frame, 1] <= 0.5)
        }
    }

    @Test("one frame, and very small samples", arguments: [Float.leastNonzeroMagnitude, 1e-30, 1])
    func degenerate(amplitude: Float) throws {
        let frames = try extract(samples: [Float](repeating: amplitude, count: 400), options: PitchTests.options)
        #expect(frames.rows == 1 && frames.elements.allSatisfy(\.isFinite))
    }

    @Test("another sample rate", arguments: [8000, 44_100])
    func sampleRate(rate: Int) throws {
        var options = PitchTests.options
        options.sampleRate = rate
        options.highFrequency = 4000
        let samples = (0..<rate).map { Float(0.3 * sin(2 * .pi * 150 / Double(rate) * Double($0))) }
        let frames = try extract(samples: samples, options: options)
        for frame in inner(frames) { #expect(abs(exp(Double(frames[frame, 0])) / 150 - 1) < 0.005) }
    }

    /// Among frames that are voiced in both, differences of more than a fifth are gross errors, as in the literature
    /// (L. Rabiner et al., *A comparative performance study of several pitch detection algorithms*, IEEE ASSP 24, 1976).
    @Test("against Praat on ten recordings", .enabled(if: !TestData.emodb.isEmpty, "needs EmoDB under STIMMUNG_DATA"))
    func praat() throws {
        var (frames, agreed, both, gross, fine) = (0, 0, 0, 0, 0.0)
        try PraatReference.each { file, reference in
            let features = try extract(path: file.path, options: PitchTests.options)
            try #require(features.rows == reference.f0.count)
            for (frame, expected) in reference.f0.enumerated() {
                let voiced = features[frame, 1] > 0.5
                frames += 1
                agreed += voiced == (expected > 0) ? 1 : 0
                guard voiced && expected > 0 else { continue }
                both += 1
                let ratio = exp(Double(features[frame, 0])) / Double(expected)
                if abs(ratio - 1) > 0.2 { gross += 1 } else { fine += abs(ratio - 1) }
            }
        }
        let grossError = Double(gross) / Double(both)
        let agreement = Double(agreed) / Double(frames)
        let fineError = fine / Double(both - gross)
        #expect(grossError < 0.01, "\(grossError)")
        #expect(agreement > 0.92, "\(agreement)")
        #expect(fineError < 0.01, "\(fineError)")
    }
}
