import Foundation
import StimmungEncoders
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

/// Features of a speech encoder.
struct EncoderFeaturesTests {
    private let folder: TemporaryFolder
    private let tiny = TinyEncoder()

    init() throws { folder = try TemporaryFolder() }

    private func options(pooled: Double?) -> FeatureOptions {
        var options = FeatureOptions()
        options.encoder = EncoderOptions()
        options.encoder?.width = TinyEncoder.width
        options.encoder?.pooled = pooled
        if pooled == nil { options.hop = 0.02 }
        return options
    }

    /// Silence, speech-like noise, and the same 40 dB fainter.
    private var samples: [Float] {
        let loud = (0..<24_000).map { tiny.samples[$0 % 9700] }
        return [Float](repeating: 0, count: 8000) + loud + loud.prefix(8000).map { $0 * 0.01 } + [Float](repeating: 0, count: 4000)
    }

    /// Mean and deviation over the loud frames of what the encoder makes of the part from the first of them to the last.
    @Test func pooledRowsAreStatisticsOfLoudFrames() throws {
        try tiny.installed(in: folder) {
            let frontEnd = try FrontEnd(options(pooled: 20))
            let row = try frontEnd.features(of: samples)
            #expect(row.rows == 1 && row.columns == 4 * 128 && frontEnd.width == 4 * 128)
            #expect(frontEnd.options.columnNames.count == 4 * 128 && frontEnd.options.columnNames[256] == "block1_0_deviation")
            // Loud are frames 25 to 99. Decibels are averaged over three frames, so silence, at −100 dB, takes the first with it, and what is
            // 40 dB fainter not the last. Two more frames are kept on both sides.
            let encoder = try tiny.encoder(blocks: [1, 2], in: folder)
            let frames = encoder.encodeAll(Array(samples[(24 * 320)..<(102 * 320)]))
            let loud = 2..<frames.rows - 2
            for column in [0, 100, 255] {
                let values = loud.map { Double(frames.row($0)[frames.row($0).startIndex + column]) }
                let mean = values.reduce(0, +) / Double(values.count)
                let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
                #expect(abs(Double(row.elements[column]) - mean) < 1e-4 * max(1, abs(mean)), "mean of \(column)")
                #expect(abs(Double(row.elements[256 + column]) - deviation) < 1e-4 * max(1, deviation), "deviation of \(column)")
            }
        }
    }

    @Test("Kinds and deltas, which would not be used beside an encoder, are refused") func unusedOptions() {
        var kinds = options(pooled: nil)
        kinds.kinds = [.fbank]
        #expect { try kinds.validate() } throws: { "\($0)".contains("kinds") }
        var deltas = options(pooled: 20)
        deltas.deltas = 0
        #expect { try deltas.validate() } throws: { "\($0)".contains("deltas") }
    }

    /// A gain changes nothing but rounding: the encoder hears samples of variance 1.
    @Test func levelDoesNotMatter() throws {
        try tiny.installed(in: folder) {
            let frontEnd = try FrontEnd(options(pooled: 20))
            let (row, soft) = (try frontEnd.features(of: samples), try frontEnd.features(of: samples.map { $0 / 4 }))
            for (a, b) in zip(row.elements, soft.elements) { #expect(abs(a - b) < 1e-3 * max(1, abs(a))) }
        }
    }

    @Test(arguments: [nil, 20] as [Double?]) func chunksDoNotMatter(pooled: Double?) throws {
        try tiny.installed(in: folder) {
            let frontEnd = try FrontEnd(options(pooled: pooled))
            let long = samples + samples
            let whole = try frontEnd.features(of: long)
            #expect(pooled != nil || whole.rows == long.count / 320)
            for chunk in [1000, 321, 16_000] {
                var extractor = frontEnd.makeExtractor()
                var rows = Matrix(rows: 0, columns: frontEnd.width)
                for start in stride(from: 0, to: long.count, by: chunk) {
                    try extractor.push(Array(long[start..<min(start + chunk, long.count)]), into: &rows)
                }
                extractor.finish(into: &rows)
                #expect(rows == whole, "chunks of \(chunk)")
            }
        }
    }

    /// With functionals, their statistics come first.
    @Test func functionalsAndEncoderAreSideBySide() throws {
        try tiny.installed(in: folder) {
            var both = options(pooled: 20)
            both.kinds = FunctionalsOptions.kinds
            both.functionals = FunctionalsOptions()
            let row = try FrontEnd(both).features(of: samples)
            let plain = try FrontEnd(.utterance).features(of: samples)
            let pooled = try FrontEnd(options(pooled: 20)).features(of: samples)
            #expect(row.elements == plain.elements + pooled.elements && row.columns == both.width)
        }
    }

    @Test func missingAndOtherEncodersAreRefused() throws {
        let empty = try TemporaryFolder()
        EncoderStore.$current.withValue(EncoderStore(folder: empty.path)) {
            let file = empty.file("whisper-tiny.safetensors")
            #expect(throws: FeatureError.encoder(.notInstalled(name: "whisper-tiny", file: file))) { try FrontEnd(options(pooled: 20)) }
        }
        try tiny.installed(in: folder) {
            var options = options(pooled: 20)
            let weights = try #require(try FrontEnd(options).options.encoder?.weights)
            options.encoder?.weights = "other"
            let file = folder.file("whisper-tiny.safetensors")
            let error = EncoderError.otherWeights(name: "whisper-tiny", file: file, found: weights, expected: "other")
            #expect(throws: FeatureError.encoder(error)) { try FrontEnd(options) }
            options.encoder?.weights = weights
            #expect(try FrontEnd(options).options == options)
            options.encoder?.blocks = [1, 3]
            options.encoder?.weights = nil
            #expect(throws: FeatureError.encoder(.missingBlock(name: "tiny", block: 3, held: 2))) { try FrontEnd(options) }
        }
    }

    @Test func invalidOptionsAreRefused() throws {
        func name(_ change: (inout FeatureOptions) -> Void) -> String? {
            var options = options(pooled: 20)
            change(&options)
            do { try options.validate() } catch FeatureError.option(let name, _, _) { return name } catch {}
            return nil
        }
        #expect(name { _ in } == nil)
        #expect(name { $0.encoder?.name = "../x" } == "encoder.name" && name { $0.encoder?.name = "" } == "encoder.name")
        for blocks in [[], [2, 1], [1, 1], [-1], [101]] { #expect(name { $0.encoder?.blocks = blocks } == "encoder.blocks") }
        for pooled in [0, -3, 201, Double.nan] { #expect(name { $0.encoder?.pooled = pooled } == "encoder.pooled") }
        #expect(name { $0.encoder?.width = 0 } == "encoder.width")
        #expect(
            name {
                $0.sampleRate = 8000; $0.highFrequency = 4000
            } == "sampleRate")
        #expect(name { $0.encoder?.pooled = nil } == "hop")
    }
}
