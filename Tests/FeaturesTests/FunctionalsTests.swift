import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

struct FunctionalsTests {
    /// A voice with varying pitch and loudness, with pauses and a hiss.
    private static let speech: [Float] = {
        let voice = KnownVoice.pulses({ 150 + 60 * sin(5 * $0) }, count: 40_000, highest: 2000)
        let hiss = KnownVoice.noise(count: 40_000, amplitude: 0.002)
        return voice.indices.map { index in
            let time = Double(index) / 16_000
            let loudness = Float(0.6 + 0.4 * sin(7 * time))
            let isPause = time.truncatingRemainder(dividingBy: 0.8) > 0.6
            return (isPause ? 0 : loudness * voice[index]) + hiss[index]
        }
    }()

    @Test("the functionals of an utterance and their names")
    func names() throws {
        let functionals = try Functionals(.utterance)
        #expect(functionals.width == 2456 && functionals.names.count == 2456 && Set(functionals.names).count == 2456)
        #expect(FeatureOptions.utterance.width == 2456 && functionals.frameOptions.width == 56)
        #expect(functionals.names[0] == "fbank_0_mean" && functionals.names[17] == "fbank_0_delta_mean")
        #expect(functionals.names.contains("mfcc_12_voiced_p90") && functionals.names.contains("log_f0_delta2_crossings"))
        #expect(functionals.names.last == "log_duration")
    }

    @Test(
        "against NumPy", .enabled(if: NumPy.isAvailable, "needs python3 with numpy; STIMMUNG_PYTHON names another interpreter"),
        arguments: [URL?.none] + TestData.emodb.prefix(3).map(Optional.some))
    func reference(file: URL?) throws {
        var options = FeatureOptions.utterance
        options.functionals?.lags = [0.03, 0.15]
        options.functionals?.correlations = true
        let functionals = try Functionals(options)
        let frames =
            try file.map { try extract(path: $0.path, options: functionals.frameOptions) }
            ?? extract(samples: FunctionalsTests.speech, options: functionals.frameOptions)
        let row = try functionals.row(of: frames)
        let expected = try withTemporaryFolder { folder in
            let (input, output) = (folder.appendingPathComponent("frames.npy"), folder.appendingPathComponent("row.f64"))
            try FeatureWriter.write(frames, functionals.frameOptions, to: input.path, format: .npy)
            let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("reference/functionals_numpy.py")
            _ = try NumPy.python([program.path, input.path, output.path])
            let data = try Data(contentsOf: output)
            return data.withUnsafeBytes { bytes in
                (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
            }
        }
        try #require(row.count == expected.count)
        for (index, name) in functionals.names.enumerated() {
            // In single precision, straight parts of the pitch contour lie on the mean or next to it.
            guard !name.hasSuffix("crossings") || !name.hasPrefix("log_f0") else { continue }
            let difference = abs(Double(row[index]) - expected[index])
            #expect(difference <= 2e-3 * max(1, abs(expected[index])), "\(name): \(row[index]), NumPy \(expected[index])")
        }
    }

    @Test("lags and correlations have unique names, and invalid lags are rejected")
    func relations() throws {
        var options = FeatureOptions.utterance
        options.functionals?.lags = [0.03, 0.3]
        options.functionals?.correlations = true
        #expect(options.width == 2456 + 16 * 2 + 16 * 15 / 2)
        #expect(options.columnNames.count == options.width && Set(options.columnNames).count == options.width)
        #expect(options.columnNames.contains("mfcc_3_lag_30") && options.columnNames.contains("mfcc_12_with_log_f0"))
        options.functionals?.lags = [0.03, 2]
        // Shorter than the lags, and with constant columns.
        for seconds in [0.3, 0.32, 1, 2.6] {
            let row = try extract(samples: Array(FunctionalsTests.speech.prefix(Int(16_000 * seconds))), options: options)
            #expect(row.columns == options.width && row.elements.allSatisfy(\.isFinite))
        }
        for lags in [[0.0], [-1], [.nan], [.infinity], [11], [0.03, 0.031], Array(repeating: 0.01, count: 17)] {
            options.functionals?.lags = lags
            let error = #expect(throws: FeatureError.self) { try options.validate() }
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("functionals.lags"))
        }
        options.functionals?.lags = [0.03]
        options.kinds = [.fbank]
        #expect(throws: FeatureError.self) { try options.validate() }
    }

    @Test("a sine correlates with itself after a period, and negatively after half of one")
    func swings() {
        let wave = (0..<200).map { Float(3 + 0.5 * sin(2 * .pi * Double($0) / 20)) }
        var relations = ColumnRelations()
        for column in [wave, wave.map { 1 - 2 * $0 }, [Float](repeating: 0.1, count: 200)] { relations.append(column) }
        // The last lag is more than half of the column.
        let expected: [Float] = [-1, 1, 0, -1, 1, 0, 0, 0, 0]
        for (got, want) in zip(relations.autocorrelations([10, 20, 110]), expected) { #expect(abs(got - want) < 1e-3) }
        for (got, want) in zip(relations.correlations, [-1, 0, 0] as [Float]) { #expect(abs(got - want) < 1e-5) }
        #expect(relations.autocorrelations([10, 20, 110]).count == 9 && relations.correlations.count == 3)
    }

    @Test("the calls for frames return one row, for any chunks")
    func extractor() throws {
        let functionals = try Functionals(.utterance)
        let frames = try extract(samples: FunctionalsTests.speech, options: functionals.frameOptions)
        let row = try functionals.row(of: frames)
        let whole = try extract(samples: FunctionalsTests.speech, options: .utterance)
        #expect(whole.rows == 1 && whole.elements == row)

        var extractor = try FrontEnd(.utterance).makeExtractor()
        var rows = Matrix(rows: 0, columns: extractor.width)
        for _ in 1...2 {
            for start in stride(from: 0, to: FunctionalsTests.speech.count, by: 777) {
                try extractor.push(Array(FunctionalsTests.speech[start..<min(start + 777, FunctionalsTests.speech.count)]), into: &rows)
            }
            #expect(extractor.sampleCount == FunctionalsTests.speech.count)
            extractor.finish(into: &rows)
        }
        #expect(rows.rows == 2 && Array(rows.row(0)) == row && Array(rows.row(1)) == row)
    }

    @Test("a stream has one row at its end")
    func stream() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("speech.wav")
            try writeWAV(FunctionalsTests.speech, to: file)
            var stream = try FeatureStream(AudioSegment(path: file.path), by: FrontEnd(.utterance))
            let row = try stream.next(maximumFrames: 100)
            #expect(try row == extract(path: file.path, options: .utterance))
            #expect(try stream.next(maximumFrames: 100).rows == 0)
        }
    }

    @Test("a range of frames equals a recording of these frames")
    func range() throws {
        let functionals = try Functionals(.utterance)
        let frames = try extract(samples: FunctionalsTests.speech, options: functionals.frameOptions)
        #expect(try functionals.row(of: frames, range: 40..<200) == functionals.row(of: frames.rows(40..<200)))
        #expect(try functionals.row(of: frames, range: 40..<200) != functionals.row(of: frames, range: 41..<201))
        #expect(throws: FeatureError.tooShort(file: nil, samples: 0, needed: 400)) { try functionals.row(of: frames, range: 40..<40) }
    }

    @Test("loudness has no effect, unless level is off")
    func level() throws {
        let faint = FunctionalsTests.speech.map { $0 / 4 }
        func difference(_ options: FeatureOptions) throws -> Float {
            let rows = try [FunctionalsTests.speech, faint].map { try extract(samples: $0, options: options) }
            return zip(rows[0].elements, rows[1].elements).map { abs($0 - $1) }.max() ?? 0
        }
        var options = FeatureOptions.utterance
        // The hiss in the lowest band must not sink below the floor.
        options.preEmphasis = 0
        #expect(try difference(options) < 0.01)
        options.functionals?.level = false
        #expect(try difference(options) > 2)
    }

    @Test("silence at the ends is trimmed, unless trim is 0")
    func trim() throws {
        let silence = KnownVoice.noise(count: 16_000, amplitude: 1e-4, seed: 3)
        var options = FeatureOptions.utterance
        func duration() throws -> Float {
            let row = try extract(samples: silence + FunctionalsTests.speech + silence, options: options)
            return exp(row[0, row.columns - 1])
        }
        #expect(try abs(duration() - 2.4) < 0.15)
        options.functionals?.trim = 0
        #expect(try abs(duration() - 4.48) < 0.02)
    }

    @Test("the rhythm of a voice of 0.6 s with pauses of 0.2 s")
    func rhythm() throws {
        let row = try extract(samples: FunctionalsTests.speech, options: .utterance)
        let names = FeatureOptions.utterance.columnNames
        func value(_ name: String) throws -> Float { row[0, try #require(names.firstIndex(of: name))] }
        #expect(try abs(value("voiced_part") - 0.76) < 0.03)
        #expect(try abs(value("voiced_segments_per_second") - 1.35) < 0.35)
        #expect(try abs(value("voiced_segment_longest") - 0.61) < 0.03)
        #expect(try abs(value("unvoiced_segment_mean") - 0.2) < 0.02)
    }

    private static let degenerate: [(String, [Float])] = {
        var click = [Float](repeating: 0, count: 8000)
        click[4000] = 1
        return [
            ("zeros", [Float](repeating: 0, count: 8000)), ("a constant", [Float](repeating: 0.25, count: 8000)),
            ("one frame", KnownVoice.sine(200, count: 400)), ("two frames", KnownVoice.sine(200, count: 560)),
            ("a click", click), ("noise", KnownVoice.noise(count: 8000)), ("a sine", KnownVoice.sine(200, count: 8000)),
            ("the faintest", [Float](repeating: .leastNonzeroMagnitude, count: 8000)),
            ("a square", (0..<8000).map { $0 % 80 < 40 ? 1 : -1 }),
        ]
    }()

    @Test("all values are finite, for any recording", arguments: degenerate.indices)
    func finite(index: Int) throws {
        var options = FeatureOptions.utterance
        options.kinds = FeatureKind.allCases
        var extractor = try FrontEnd(options).makeExtractor()
        var rows = Matrix(rows: 0, columns: extractor.width)
        try extractor.push(FunctionalsTests.degenerate[index].1, into: &rows)
        extractor.finish(into: &rows)
        #expect(rows.rows == 1 && rows.elements.allSatisfy { $0.isFinite && abs($0) < 1e6 }, "\(FunctionalsTests.degenerate[index].0)")
    }

    @Test("a constant column has no shape")
    func constant() throws {
        let functionals = try Functionals(.utterance)
        let frames = Matrix(rows: 50, columns: 56, repeating: 0.3)
        let row = try functionals.row(of: frames)
        for (name, value) in zip(functionals.names, row) where name.hasPrefix("mfcc_3_") {
            let isPlace = ["mean", "median"].contains { name.hasSuffix($0) } || name.contains(/_p\d+$/)
            #expect(abs(value - (isPlace && !name.contains("delta") ? 0.3 : 0)) < 1e-6, "\(name) \(value)")
        }
    }

    @Test("recordings that are too short or silent give the same errors as for frames")
    func errors() throws {
        #expect(throws: FeatureError.tooShort(file: nil, samples: 4799, needed: 4800)) {
            try extract(samples: KnownVoice.sine(200, count: 4799), options: .utterance)
        }
        #expect(throws: FeatureError.silent(file: nil)) {
            try extract(samples: [Float](repeating: 0, count: 8000), options: .utterance)
        }
        let error = #expect(throws: FeatureError.self) { try Functionals(FeatureOptions()) }
        #expect(error?.description.hasPrefix("Option functionals is false") == true)
        var options = FeatureOptions.utterance
        options.functionals?.trim = -1
        #expect(throws: FeatureError.option(name: "functionals.trim", value: "-1.0", allowed: "0 (none) to 200 dB")) {
            try options.validate()
        }
    }

    @Test("other kinds and orders, also without energy or pitch")
    func kinds() throws {
        let samples = FunctionalsTests.speech
        for (kinds, deltas, width) in [
            ([FeatureKind.mfcc], 0, 13 * 17), ([.pitch], 1, 2 * 3 * 17 + 8), ([.fbank, .energy], 2, (80 + 3) * 17),
        ] {
            var options = FeatureOptions(kinds: kinds, deltas: deltas)
            options.functionals = FunctionalsOptions()
            #expect(options.width == width && options.columnNames.count == width)
            #expect(try extract(samples: samples, options: options).columns == width)
        }
    }

    @Test("in JSON: true, false or a mapping; a misspelt name is an error")
    func json() throws {
        func decode(_ text: String) throws -> FeatureOptions { try JSONDecoder().decode(FeatureOptions.self, from: Data(text.utf8)) }
        #expect(try decode(#"{"functionals": true}"#) == .utterance)
        #expect(try decode(#"{"functionals": false}"#) == FeatureOptions())
        #expect(try decode(#"{"functionals": null}"#) == FeatureOptions())
        #expect(try decode(#"{"functionals": true, "kinds": ["mfcc"]}"#).kinds == [.mfcc])
        var expected = FeatureOptions.utterance
        expected.functionals?.trim = 40
        expected.functionals?.rhythm = false
        #expect(try decode(#"{"functionals": {"trim": 40, "rhythm": false}}"#) == expected)
        #expect(try JSONDecoder().decode(FeatureOptions.self, from: JSONEncoder().encode(expected)) == expected)
        for wrong in [#"{"functionals": {"trimm": 40}}"#, #"{"functionals": 3}"#, #"{"functionals": {"trim": true}}"#] {
            #expect(throws: DecodingError.self) { try decode(wrong) }
        }
    }

    @Test("as CSV, with their names")
    func csv() throws {
        let row = try extract(samples: FunctionalsTests.speech, options: .utterance)
        let text = String(decoding: try FeatureWriter.data(row, .utterance, format: .csv), as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.count == 2 && lines[0].count == 2457 && lines[1].count == 2457)
        #expect(lines[1].dropFirst().map { Float($0) } == row.elements.map(Optional.some))
        let htk = try FeatureWriter.data(row, .utterance, format: .htk)
        #expect(htk.count == 12 + 4 * 2456 && htk[11] == 9)
    }
}
