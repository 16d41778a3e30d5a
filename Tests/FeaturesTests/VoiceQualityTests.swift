import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

struct VoiceQualityTests {
    private static let options = FeatureOptions(kinds: [.pitch, .quality], deltas: 0)
    private static let jitter = 2
    private static let shimmer = 3
    private static let hnr = 4

    /// The mean of each column over the voiced frames within the signal.
    private func means(_ samples: [Float]) throws -> [Double] {
        let frames = try extract(samples: samples, options: VoiceQualityTests.options)
        let voiced = (5..<frames.rows - 5).filter { frames[$0, 1] > 0.5 }
        try #require(voiced.count > frames.rows / 2)
        return (0..<frames.columns).map { column in
            voiced.reduce(0) { $0 + Double(frames[$1, column]) } / Double(voiced.count)
        }
    }

    /// The mean absolute difference of neighbours, divided by their mean.
    private func perturbation(_ values: [Double]) -> Double {
        let differences = zip(values, values.dropFirst()).map { abs($0 - $1) }
        return differences.reduce(0, +) / Double(differences.count) / (values.reduce(0, +) / Double(values.count))
    }

    @Test("a steady voice has neither jitter nor shimmer", arguments: [90.0, 140, 233.3, 350])
    func steady(hertz: Double) throws {
        let means = try means(KnownVoice.vowel(hertz, formants: KnownVoice.a, count: 24_000))
        #expect(means[VoiceQualityTests.jitter] < 0.002, "\(means)")
        #expect(means[VoiceQualityTests.shimmer] < 0.02, "\(means)")
        #expect(means[VoiceQualityTests.hnr] > 25, "\(means)")
    }

    @Test("jitter of a known amount", arguments: [0.005, 0.01, 0.02], [100.0, 200])
    func jitter(amount: Double, hertz: Double) throws {
        var random = RandomSource(seed: 7)
        let periods = (0..<Int(3 * hertz)).map { _ in 16_000 / hertz * (1 + amount * Double(random.normal())) }
        let pulses = KnownVoice.pulses(periods: periods, heights: periods.map { _ in 1 })
        // A broad resonance gives each pulse a shape that decays before the next.
        let means = try means(KnownVoice.resonate(pulses, [(600, 400)]))
        let expected = perturbation(periods)
        #expect(abs(means[VoiceQualityTests.jitter] / expected - 1) < 0.15, "\(means[VoiceQualityTests.jitter]) for \(expected)")
    }

    @Test("shimmer of a known amount", arguments: [0.03, 0.08], [100.0, 200])
    func shimmer(amount: Double, hertz: Double) throws {
        var random = RandomSource(seed: 8)
        let heights = (0..<Int(3 * hertz)).map { _ in 1 + amount * Double(random.normal()) }
        let means = try means(KnownVoice.pulses(periods: heights.map { _ in 16_000 / hertz }, heights: heights))
        let expected = perturbation(heights)
        #expect(abs(means[VoiceQualityTests.shimmer] / expected - 1) < 0.15, "\(means[VoiceQualityTests.shimmer]) for \(expected)")
        #expect(means[VoiceQualityTests.jitter] < 0.005)
    }

    @Test("a known harmonics-to-noise ratio", arguments: [5.0, 10, 20])
    func noise(decibels: Double) throws {
        let voice = KnownVoice.pulses({ _ in 160 }, count: 32_000)
        let power = voice.reduce(0) { $0 + Double($1 * $1) } / Double(voice.count)
        let noise = KnownVoice.noise(count: voice.count, amplitude: Float((power / pow(10, decibels / 10)).squareRoot()))
        let means = try means(zip(voice, noise).map(+))
        #expect(abs(means[VoiceQualityTests.hnr] - decibels) < 1, "\(means[VoiceQualityTests.hnr]) dB")
    }

    @Test("unvoiced frames have no jitter, no shimmer and a low harmonics-to-noise ratio")
    func unvoiced() throws {
        let frames = try extract(samples: KnownVoice.noise(), options: VoiceQualityTests.options)
        for frame in 0..<frames.rows where frames[frame, 1] <= 0.5 {
            #expect(frames[frame, 2] == 0 && frames[frame, 3] == 0 && frames[frame, 4] < 3)
        }
    }

    /// Praat measures whole recordings, this package single frames: the means over voiced frames are compared with Praat.
    @Test("against Praat on ten recordings", .enabled(if: !TestData.emodb.isEmpty, "needs EmoDB under STIMMUNG_DATA"))
    func praat() throws {
        var differences: [[Double]] = []
        try PraatReference.each { file, reference in
            let frames = try extract(path: file.path, options: VoiceQualityTests.options)
            let voiced = (0..<frames.rows).filter { frames[$0, 1] > 0.5 && reference.f0[$0] > 0 }
            let means = (2...4).map { column in voiced.reduce(0) { $0 + Double(frames[$1, column]) } / Double(voiced.count) }
            let (jitter, shimmer, hnr) = (means[0] / reference.jitter - 1, means[1] / reference.shimmer - 1, means[2] - reference.hnr)
            #expect(abs(jitter) < 0.25, "\(file.lastPathComponent): jitter \(means[0]), Praat \(reference.jitter)")
            #expect(abs(shimmer) < 0.35, "\(file.lastPathComponent): shimmer \(means[1]), Praat \(reference.shimmer)")
            #expect(abs(hnr) < 4, "\(file.lastPathComponent): HNR \(means[2]), Praat \(reference.hnr)")
            differences.append([jitter, shimmer, hnr])
        }
        let overall = (0..<3).map { index in differences.reduce(0) { $0 + $1[index] } / Double(differences.count) }
        #expect(abs(overall[0]) < 0.1 && abs(overall[1]) < 0.1 && abs(overall[2]) < 1.5, "\(overall)")
    }
}
