import Foundation
import StimmungCorpora
import StimmungFeatures
import Testing

struct MelTests {
    @Test("to mel and back", arguments: MelScale.allCases)
    func roundTrip(scale: MelScale) {
        for hertz in stride(from: 0.0, through: 24_000, by: 37) {
            #expect(abs(scale.hertz(mel: scale.mel(hertz: hertz)) - hertz) < 1e-8)
        }
        let mels = stride(from: 0.0, through: 24_000, by: 37).map { scale.mel(hertz: $0) }
        #expect(zip(mels, mels.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test(
        "known values",
        arguments: [
            (MelScale.study, 0.0, 0.0), (.study, 700, 779.790578), (.study, 1000, 998.216094), (.study, 8000, 2834.997716),
            (.htk, 0, 0), (.htk, 700, 781.172839), (.htk, 1000, 999.985537), (.htk, 8000, 2840.023047),
            (.slaney, 0, 0), (.slaney, 200, 3), (.slaney, 1000, 15), (.slaney, 6400, 42), (.slaney, 8000, 45.245640),
        ])
    func values(scale: MelScale, hertz: Double, mel: Double) {
        #expect(abs(scale.mel(hertz: hertz) - mel) < 1e-5)
    }

    @Test(
        "triangles overlap by half: between the outer centres the weights of a bin add up to 1", arguments: MelScale.allCases, [20, 26, 40])
    func filterbank(scale: MelScale, bands: Int) {
        var options = FeatureOptions()
        options.melScale = scale
        let filterbank = MelFilterbank(options, bands: bands)
        var sums = [Double](repeating: 0, count: 257)
        for band in 0..<bands {
            let (bins, weights) = filterbank.weights(ofBand: band)
            #expect(bins.count == weights.count && !bins.isEmpty)
            #expect(weights.allSatisfy { $0 > 0 && $0 <= 1 })
            // Rises to the peak and falls again; the peak is next to the centre.
            let peak = weights.indices.max { weights[$0] < weights[$1] } ?? 0
            #expect(zip(weights[...peak], weights[...peak].dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(weights[peak...], weights[peak...].dropFirst()).allSatisfy { $0 > $1 })
            #expect(abs(Double(bins.lowerBound + peak) * 31.25 - filterbank.corners[band + 1]) <= 31.25)
            for (bin, weight) in zip(bins, weights) {
                sums[bin] += Double(weight)
                let hertz = Double(bin) * 31.25
                #expect(hertz > filterbank.corners[band] && hertz < filterbank.corners[band + 2])
            }
        }
        for bin in sums.indices where Double(bin) * 31.25 >= filterbank.corners[1] && Double(bin) * 31.25 <= filterbank.corners[bands] {
            #expect(abs(sums[bin] - 1) < 1e-6)
        }
        #expect(abs(filterbank.corners[0]) < 1e-9 && abs(filterbank.corners[bands + 1] - 8000) < 1e-9)
    }

    @Test("a pure tone is strongest in the band around it")
    func tone() throws {
        let options = FeatureOptions(kinds: [.fbank], deltas: 0)
        let corners = MelFilterbank(options, bands: 40).corners
        for band in [5, 17, 33] {
            let samples = (0..<1600).map { Float(0.5 * sin(2 * .pi * corners[band + 1] / 16000 * Double($0))) }
            let features = try extract(samples: samples, options: options)
            let row = Array(features.row(4))
            #expect(row.indices.max { row[$0] < row[$1] } == band)
        }
    }

    @Test(
        "warped corners: scaled up to the knee, the highest frequency is fixed, and the order is kept", arguments: [0.8, 0.93, 1.07, 1.25])
    func warp(factor: Double) throws {
        var options = FeatureOptions(kinds: [.fbank], deltas: 0)
        let plain = MelFilterbank(options, bands: 40).corners
        options.warp = factor
        try options.validate()
        let warped = MelFilterbank(options, bands: 40).corners
        for (before, after) in zip(plain, warped) where before <= 0.6 * 8000 / max(factor, 1) {
            #expect(abs(after - factor * before) < 1e-6)
        }
        #expect(abs(warped[41] - 8000) < 1e-6)
        #expect(zip(warped, warped.dropFirst()).allSatisfy { $0 < $1 })
        // A tone moves to another band: that of its frequency divided by the factor.
        let samples = KnownVoice.sine(2000, count: 1600)
        let row = try Array(extract(samples: samples, options: options).row(4))
        let loudest = try #require(row.indices.max { row[$0] < row[$1] })
        #expect(warped[loudest] < 2000 && warped[loudest + 2] > 2000)
    }
}
