import Foundation
import StimmungFeatures
import Testing

struct OptionTests {
    @Test("the defaults are the study's features")
    func defaults() throws {
        let options = FeatureOptions()
        try options.validate()
        #expect(options.windowSamples == 400 && options.hopSamples == 160 && options.transformSize == 512)
        #expect(options.width == 39 && options.columnNames.count == 39)
        #expect(
            options.columnNames[0] == "mfcc_0" && options.columnNames[13] == "mfcc_0_delta" && options.columnNames[38] == "mfcc_12_delta2")
    }

    @Test("columns follow the order of the kinds")
    func columns() {
        var options = FeatureOptions(kinds: [.energy, .fbank], deltas: 1)
        options.filterbankBands = 2
        #expect(options.columnNames == ["energy", "fbank_0", "fbank_1", "energy_delta", "fbank_0_delta", "fbank_1_delta"])
        #expect(options.width == 6)
    }

    @Test("whole frames only", arguments: [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2), (16_000, 98)])
    func frameCount(samples: Int, frames: Int) {
        #expect(FeatureOptions().frameCount(samples: samples) == frames)
    }

    @Test("when a frame starts")
    func times() {
        #expect(FeatureOptions().startTime(ofFrame: 0) == 0)
        #expect(FeatureOptions().startTime(ofFrame: 98) == 0.98)
    }

    /// A name, and a change that makes the option of this name wrong.
    private static let mistakes: [(String, @Sendable (inout FeatureOptions) -> Void)] = [
        ("sampleRate", { $0.sampleRate = 0 }),
        ("preEmphasis", { $0.preEmphasis = -0.1 }),
        ("preEmphasis", { $0.preEmphasis = .nan }),
        ("windowLength", { $0.windowLength = 0 }),
        ("windowLength", { $0.windowLength = .infinity }),
        ("hop", { $0.hop = 0 }),
        ("hop", { $0.hop = 0.03 }),
        ("hop", { $0.hop = .nan }),
        ("fftSize", { $0.fftSize = 256 }),
        ("fftSize", { $0.fftSize = 513 }),
        ("lowFrequency", { $0.lowFrequency = -1 }),
        ("lowFrequency", { $0.lowFrequency = 8000 }),
        ("highFrequency", { $0.highFrequency = 8001 }),
        ("highFrequency", { $0.sampleRate = 8000 }),
        (
            "highFrequency",
            {
                $0.lowFrequency = 5000; $0.highFrequency = 4000
            }
        ),
        ("warp", { $0.warp = 0.7 }),
        ("warp", { $0.warp = .nan }),
        ("melBands", { $0.melBands = 0 }),
        ("melBands", { $0.melBands = 120 }),
        (
            "filterbankBands",
            {
                $0.kinds = [.fbank]; $0.filterbankBands = 257
            }
        ),
        ("logFloor", { $0.logFloor = 0 }),
        ("logFloor", { $0.logFloor = .nan }),
        ("coefficients", { $0.coefficients = 27 }),
        ("lifter", { $0.lifter = -1 }),
        ("kinds", { $0.kinds = [] }),
        ("kinds", { $0.kinds = [.mfcc, .mfcc] }),
        (
            "pitchFloor",
            {
                $0.kinds = [.pitch]; $0.pitchFloor = 10
            }
        ),
        (
            "pitchCeiling",
            {
                $0.kinds = [.pitch]; $0.pitchCeiling = 90
            }
        ),
        (
            "pitchCeiling",
            {
                $0.kinds = [.pitch]; $0.pitchCeiling = 1501
            }
        ),
        (
            "voicingThreshold",
            {
                $0.kinds = [.pitch]; $0.voicingThreshold = .nan
            }
        ),
        (
            "formantCeiling",
            {
                $0.kinds = [.formants]; $0.formantCeiling = 8001
            }
        ),
        (
            "sampleRate",
            {
                $0.kinds = [.tilt]; $0.sampleRate = 4000; $0.highFrequency = 2000
            }
        ),
        (
            "fftSize",
            {
                $0.kinds = [.formants]; $0.windowLength = 0.002; $0.hop = 0.002
            }
        ),
        ("peak", { $0.peak = 1.1 }),
        ("deltas", { $0.deltas = 3 }),
        ("deltaWindow", { $0.deltaWindow = 0 }),
    ]

    @Test("a wrong option is named, with what it may be", arguments: mistakes.indices)
    func mistake(index: Int) {
        let (name, change) = OptionTests.mistakes[index]
        var options = FeatureOptions()
        change(&options)
        let error = #expect(throws: FeatureError.self) { try options.validate() }
        #expect(error?.description.hasPrefix("Option \(name) is ") == true, "\(String(describing: error))")
        #expect(throws: FeatureError.self) { try FeatureExtractor(options) }
    }

    @Test("as JSON and back")
    func json() throws {
        var options = FeatureOptions(kinds: [.fbank, .energy], deltas: 1)
        options.melScale = .slaney
        options.window = .hann
        options.fftSize = 1024
        options.logFloor = 1e-10
        options.warp = 1.1
        options.peak = 0.9
        options.pitchFloor = 50
        options.pitchCeiling = 400
        options.voicingThreshold = 0.4
        options.formantCeiling = 5000
        #expect(try JSONDecoder().decode(FeatureOptions.self, from: JSONEncoder().encode(options)) == options)
        #expect(try JSONDecoder().decode(FeatureOptions.self, from: JSONEncoder().encode(FeatureOptions())) == FeatureOptions())
    }

    @Test("what JSON leaves out has its default, and a misspelt name is an error")
    func partial() throws {
        var expected = FeatureOptions()
        expected.deltas = 0
        #expect(try JSONDecoder().decode(FeatureOptions.self, from: Data(#"{"deltas": 0}"#.utf8)) == expected)
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(FeatureOptions.self, from: Data(#"{"delta": 0}"#.utf8)) }
        #expect("\(String(describing: error))".contains("there is no key delta;"))
    }
}
