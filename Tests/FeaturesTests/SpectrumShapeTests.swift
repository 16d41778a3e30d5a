import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungTestSupport
import Testing

/// Tests of the kinds `tilt` and `formants`.
struct SpectrumShapeTests {
    private static let tilt = FeatureOptions(kinds: [.tilt], deltas: 0)
    private static let formants = FeatureOptions(kinds: [.formants], deltas: 0)

    private func means(_ samples: [Float], _ options: FeatureOptions) throws -> [Double] {
        let frames = try extract(samples: samples, options: options)
        return (0..<frames.columns).map { column in
            (0..<frames.rows).reduce(0) { $0 + Double(frames[$1, column]) } / Double(frames.rows)
        }
    }

    @Test("white noise is flat", arguments: [0, 0.97] as [Float])
    func white(preEmphasis: Float) throws {
        var options = SpectrumShapeTests.tilt
        options.preEmphasis = preEmphasis
        let means = try means(KnownVoice.noise(count: 160_000), options)
        // Bandwidths of 950 Hz and 4000 Hz; with few bins, the mean logarithm is slightly below the logarithm of the mean.
        #expect(abs(means[0] - 10 * log10(950.0 / 4000)) < 0.3, "\(means)")
        #expect(abs(means[1]) < 2, "\(means)")
        #expect(abs(means[2]) < 1.5 && abs(means[3]) < 0.5, "\(means)")
    }

    @Test("filtered noise has the slope of the filter")
    func filtered() throws {
        // y_t = x_t + a y_{t−1}: |H|² = 1 / (1 + a² − 2a cos ω).
        let a = 0.9
        var y = 0.0
        let samples = KnownVoice.noise(count: 160_000, amplitude: 0.02).map { x -> Float in
            y = Double(x) + a * y
            return Float(y)
        }
        let measured = try means(samples, SpectrumShapeTests.tilt)
        let flat = try means(KnownVoice.noise(count: 160_000, amplitude: 0.02), SpectrumShapeTests.tilt)
        func slope(_ from: Double, _ to: Double) -> Double {
            let hertz = stride(from: from, to: to, by: 31.25).map(\.self)
            let decibels = hertz.map { -10 * log10(1 + a * a - 2 * a * cos(2 * .pi * $0 / 16_000)) }
            let mean = hertz.reduce(0, +) / Double(hertz.count)
            let square = hertz.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return 1000 * zip(hertz, decibels).reduce(0) { $0 + ($1.0 - mean) * $1.1 } / square
        }
        #expect(abs(measured[2] - flat[2] - slope(0, 500)) < 0.5)
        #expect(abs(measured[3] - flat[3] - slope(500, 1500)) < 0.3)
        #expect(measured[0] > flat[0] + 10 && measured[1] > flat[1] + 5)
    }

    @Test("the formants of vowels", arguments: [KnownVoice.a, KnownVoice.i, KnownVoice.u], [90.0, 120, 160])
    func vowels(formants: [(frequency: Double, bandwidth: Double)], hertz: Double) throws {
        let frames = try extract(
            samples: KnownVoice.vowel(hertz, formants: formants, count: 16_000), options: SpectrumShapeTests.formants)
        for index in 0..<3 {
            let median = (5..<frames.rows - 5).map { frames[$0, index] }.sorted()[(frames.rows - 10) / 2]
            let expected = formants[index].frequency
            // Neighbouring harmonics shift a formant by up to half their spacing.
            #expect(abs(Double(median) - expected) < max(0.06 * expected, 0.35 * hertz), "F\(index + 1) \(median) for \(expected)")
        }
    }

    @Test("formants are in ascending order and within the spectrum, for any sound")
    func order() throws {
        var click = [Float](repeating: 0, count: 3000)
        click[1000] = 1
        for samples in [click, KnownVoice.noise(), KnownVoice.sine(1000), KnownVoice.sine(3000), chirpInNoise(count: 16_000)] {
            let frames = try extract(samples: samples, options: SpectrumShapeTests.formants)
            for frame in 0..<frames.rows {
                #expect(frames[frame, 0] > 0 && frames[frame, 0] <= frames[frame, 1] && frames[frame, 1] <= frames[frame, 2])
                #expect(frames[frame, 2] < 5500)
            }
        }
    }

    @Test("against Praat on ten recordings", .enabled(if: !TestData.emodb.isEmpty, "needs EmoDB under STIMMUNG_DATA"))
    func praat() throws {
        var deviations: [[Double]] = [[], [], []]
        try PraatReference.each { file, reference in
            let voiced = reference.f0.indices.filter { reference.f0[$0] > 0 }
            let tilt = try extract(path: file.path, options: SpectrumShapeTests.tilt)
            for (column, expected) in [reference.alpha, reference.hammarberg].enumerated() {
                let mean = voiced.reduce(0) { $0 + Double(tilt[$1, column]) } / Double(voiced.count)
                #expect(abs(mean - expected) < 1, "\(file.lastPathComponent): column \(column) \(mean), Praat \(expected)")
            }
            let formants = try extract(path: file.path, options: SpectrumShapeTests.formants)
            for frame in voiced where frame % 4 == 0 {
                for (index, expected) in reference.formants[frame / 4].enumerated() where expected > 0 {
                    deviations[index].append(abs(Double(formants[frame, index] / expected) - 1))
                }
            }
        }
        for index in 0..<3 {
            let sorted = deviations[index].sorted()
            #expect(sorted[sorted.count / 2] < 0.03, "F\(index + 1): median \(sorted[sorted.count / 2])")
            #expect(sorted[sorted.count * 65 / 100] < 0.2, "F\(index + 1): \(sorted[sorted.count * 65 / 100])")
        }
    }
}
