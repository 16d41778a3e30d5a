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

    @Test("columns are in the order of the kinds")
    func columns() {
        var options = FeatureOptions(kinds: [.energy, .fbank], deltas: 1)
        options.filterbankBands = 2
        #expect(options.columnNames == ["energy", "fbank_0", "fbank_1", "energy_delta", "fbank_0_delta", "fbank_1_delta"])
        #expect(options.width == 6)
    }

    @Test("every kind names as many columns as it writes", arguments: FeatureKind.allCases)
    func kinds(kind: FeatureKind) throws {
        let options = FeatureOptions(kinds: [kind], deltas: 0)
        #expect(options.columnNames.count == options.width && Set(options.columnNames).count == options.width)
        let frontEnd = try FrontEnd(options)
        let frames = try frontEnd.features(of: chirpInNoise(count: 2000))
        #expect(frames.columns == options.width && frontEnd.width == options.width && frames.rows == 11)
        let isFinite = frames.elements.allSatisfy(\.isFinite)
        #expect(isFinite)
    }

    @Test("whole frames only", arguments: [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2), (16_000, 98)])
    func frameCount(samples: Int, frames: Int) {
        #expect(FeatureOptions().frameCount(samples: samples) == frames)
    }

    @Test("start times of frames")
    func times() {
        #expect(FeatureOptions().startTime(ofFrame: 0) == 0)
        #expect(FeatureOptions().startTime(ofFrame: 98) == 0.98)
    }

    /// The name of an option, and a change that makes it invalid.
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
        ("highPass", { $0.highPass = -1 }),
        ("highPass", { $0.highPass = 0.5 }),
        ("highPass", { $0.highPass = 4000 }),
        ("highPass", { $0.highPass = .nan }),
        (
            "logFloor",
            {
                $0.relativeFloor = true; $0.logFloor = 1.5
            }
        ),
        ("deltas", { $0.deltas = 3 }),
        ("deltaWindow", { $0.deltaWindow = 0 }),
    ]

    @Test("the error for an invalid option has its name and the allowed values", arguments: mistakes.indices)
    func mistake(index: Int) {
        let (name, change) = OptionTests.mistakes[index]
        var options = FeatureOptions()
        change(&options)
        let error = #expect(throws: FeatureError.self) { try options.validate() }
        #expect(error?.description.hasPrefix("Option \(name) is ") == true, "\(String(describing: error))")
        #expect(throws: FeatureError.self) { try FrontEnd(options).makeExtractor() }
    }

    @Test("JSON round trip")
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

    @Test("missing names have their defaults, and a misspelt name is an error")
    func partial() throws {
        var expected = FeatureOptions()
        expected.deltas = 0
        #expect(try JSONDecoder().decode(FeatureOptions.self, from: Data(#"{"deltas": 0}"#.utf8)) == expected)
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(FeatureOptions.self, from: Data(#"{"delta": 0}"#.utf8)) }
        #expect("\(String(describing: error))".contains("unknown key delta;"))
    }

    /// A value other than the default for each name.
    private static var others: [String: Any] {
        [
            "sampleRate": 44_100, "peak": 0.5, "highPass": 62.5, "preEmphasis": 0.5, "windowLength": 0.03, "hop": 0.02, "window": "hann",
            "fftSize": 2048,
            "melScale": "slaney", "warp": 1.125, "lowFrequency": 50, "highFrequency": 7000, "melBands": 30, "filterbankBands": 20,
            "logFloor": 0.5, "relativeFloor": true, "coefficients": 12, "lifter": 20, "pitchFloor": 50, "pitchCeiling": 400,
            "voicingThreshold": 0.25,
            "formantCeiling": 5000, "kinds": ["fbank"], "functionals": functionals, "encoder": encoder, "deltas": 1, "deltaWindow": 3,
        ]
    }
    private static var encoder: [String: Any] {
        ["name": "whisper-base", "blocks": [3], "width": 512, "pooled": 20, "weights": "0f"]
    }
    private static var functionals: [String: Any] {
        [
            "level": false, "trim": 20, "voiced": false, "rhythm": false, "lags": [0.5], "correlations": true,
        ]
    }

    /// A property missing from decoding, encoding or the list of keys would silently keep its default.
    @Test("every property is decoded and encoded under its name")
    func everyKey() throws {
        func names(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
        #expect(names(FeatureOptions()) == Set(Self.others.keys))
        #expect(names(FunctionalsOptions()) == Set(Self.functionals.keys))
        #expect(names(EncoderOptions()) == Set(Self.encoder.keys))
        for (key, value) in Self.others {
            let json = try JSONSerialization.data(withJSONObject: [key: value])
            let options = try JSONDecoder().decode(FeatureOptions.self, from: json)
            let changed = zip(Mirror(reflecting: options).children, Mirror(reflecting: FeatureOptions()).children)
                .filter { "\($0.value)" != "\($1.value)" }.compactMap(\.0.label)
            // Functionals without kinds set the default kinds.
            #expect(changed == (key == "functionals" ? ["kinds", "functionals"] : [key]), "\(key)")
            let encoded = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(options)) as? [String: Any])
            #expect(NSDictionary(dictionary: [key: encoded[key] as Any]) == NSDictionary(dictionary: [key: value]), "\(key)")
        }
    }
}
