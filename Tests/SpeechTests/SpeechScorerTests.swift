import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungNetworks
import StimmungSpeech
import StimmungTensors
import StimmungTestSupport
import Testing

/// Noise that comes and goes, with tones and digital silence: something of everything, but no speech.
private func changing(_ count: Int) -> [Float] {
    var random = RandomSource(seed: 3)
    return (0..<count).map { index in
        let second = index / 8000 % 5
        let noise = 0.1 * random.normal()
        return second == 0 ? 0 : noise * Float(second) / 5 + (second == 3 ? 0.3 * Float(sin(0.1 * Double(index))) : 0)
    }
}

struct SpeechScorerTests {
    private let model: SpeechModel

    init() throws { model = try SpeechModel.builtIn() }

    private func scores(_ samples: [Float], _ scorer: inout SpeechScorer) throws -> [Float] { try scorer.push(samples) + scorer.finish() }

    private func scores(_ samples: [Float]) throws -> [Float] {
        var scorer = SpeechScorer(model)
        return try scores(samples, &scorer)
    }

    @Test("any cut into chunks gives the same bits")
    func cuts() throws {
        let samples = changing(30_000)
        let whole = try scores(samples)
        var random = RandomSource(seed: 1)
        var scorer = SpeechScorer(model)
        for longest in [1, 3, 50, 500, 1600, 20_000] {
            var joined: [Float] = []
            var start = 0
            while start < samples.count {
                let end = min(samples.count, start + random.index(below: longest + 1))
                joined += try scorer.push(Array(samples[start..<end]))
                start = end
            }
            joined += scorer.finish()
            #expect(joined.map(\.bitPattern) == whole.map(\.bitPattern), "chunks of up to \(longest)")
        }
    }

    /// Sizes that are not whole panels, and two LSTMs.
    @Test("scores are those of the network's layers", arguments: [SpeechModel.Shape(units: 20, cells: [24, 17], delay: 3), .init()])
    func layers(shape: SpeechModel.Shape) throws {
        let network = Network(shape.layers(), seed: 2)
        let samples = Array(changing(16_000)[7000...])
        var scorer = SpeechScorer(SpeechModel(shape: shape, network: network, card: model.card))
        let scores = try scores(samples, &scorer)
        var frontEnd = SpeechFrontEnd()
        var rows = Matrix(rows: 0, columns: SpeechFrontEnd.width)
        try frontEnd.push(samples, into: &rows)
        let memory = network.makeMemory()
        var seen = 0
        for row in 1..<rows.rows {
            // The first frame leaves no state.
            let pass = Pass(batch: PackedBatch(lengths: [1]), phase: .streaming)
            let logits = memory.forward(network, rows.rows(row..<row + 1), pass)
            guard row >= shape.delay else { continue }
            #expect(abs(scores[row - shape.delay] - 1 / (1 + exp(logits[0, 0] - logits[0, 1]))) < 1e-5)
            seen += 1
        }
        #expect(seen > 30)
    }

    @Test("a score for each whole window", arguments: [0, 1, 399, 400, 559, 560, 1040, 1680, 1840, 16_000])
    func counts(samples: Int) throws {
        let scores = try scores([Float](changing(48_000).suffix(samples)))
        #expect(scores.count == (samples < 400 ? 0 : (samples - 400) / 160 + 1))
        #expect(scores.allSatisfy { (0...1).contains($0) })
    }

    @Test("scores are as late as documented")
    func latency() throws {
        var scorer = SpeechScorer(model)
        let needed = Int((scorer.latency * 16_000).rounded())
        let samples = changing(needed)
        #expect(try scorer.push(Array(samples[..<(needed - 1)])).isEmpty)
        #expect(try scorer.push([samples[needed - 1]]).count == 1)
    }

    @Test("a scorer starts each recording anew")
    func again() throws {
        var scorer = SpeechScorer(model)
        let samples = changing(20_000)
        let first = try scores(samples, &scorer)
        _ = try scores(samples.reversed(), &scorer)
        #expect(try scores(samples, &scorer) == first)
    }

    @Test("a gain of 40 dB, up or down, changes scores by rounding only", arguments: [Float(0.01), 100])
    func gain(factor: Float) throws {
        let samples = changing(40_000).enumerated().map { $1 + 0.01 * Float(sin(Double($0 * $0 % 977))) }
        for (one, other) in zip(try scores(samples), try scores(samples.map { factor * $0 })) { #expect(abs(one - other) < 0.01) }
    }

    @Test("a DC offset changes nothing", arguments: [Float(0.005), 0.1])
    func offset(offset: Float) throws {
        let samples = changing(40_000).enumerated().map { $1 + 0.01 * Float(sin(Double($0 * $0 % 977))) }
        for (one, other) in zip(try scores(samples), try scores(samples.map { $0 + offset })) { #expect(abs(one - other) < 0.01) }
    }

    @Test("samples that are not finite are an error with their position, and change nothing", arguments: [Float.nan, .infinity, 1e30])
    func notFinite(sample: Float) throws {
        let samples = changing(10_000)
        var scorer = SpeechScorer(model)
        var joined = try scorer.push(Array(samples[..<5000]))
        #expect(throws: FeatureError.notFinite(file: nil, sample: 5002)) { try scorer.push([0, 0.1, sample, 0]) }
        joined += try scorer.push(Array(samples[5000...])) + scorer.finish()
        #expect(joined == (try scores(samples)))
    }
}

struct SpeechModelTests {
    private let folder: TemporaryFolder
    private let model: SpeechModel

    init() throws {
        folder = try TemporaryFolder()
        model = try SpeechModel.builtIn()
    }

    @Test("a model is read as it was written, byte by byte")
    func file() throws {
        try model.write(path: folder.file("one"))
        let read = try SpeechModel(contentsOf: folder.file("one"))
        #expect(read == model)
        try read.write(path: folder.file("other"))
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.file("one"))) == Data(contentsOf: URL(fileURLWithPath: folder.file("other"))))
    }

    @Test("the model in the program is small")
    func size() {
        #expect(model.network.parameters.values.count * 4 < 150_000)
    }

    @Test("other files are refused by what is wrong with them")
    func others() throws {
        func code(_ change: (inout Safetensors) -> Void) throws -> String? {
            let path = folder.file("changed")
            try model.write(path: path)
            var file = try Safetensors(path: path)
            change(&file)
            try file.write(path: path)
            return #expect(throws: SpeechError.self) { try SpeechModel(contentsOf: path) }?.code
        }
        #expect(try code { $0.metadata["stimmung.speech"] = nil } == "speech.not-a-model")
        #expect(try code { $0.metadata["stimmung.speech"] = "0" } == "speech.other-version")
        #expect(try code { $0.metadata["network"] = "{}" } == "speech.not-a-model")
        #expect(try code { $0.metadata["network"] = #"{"units":99999999,"cells":[32],"delay":8}"# } == "speech.not-a-model")
        #expect(try code { $0.metadata["network"] = #"{"units":33,"cells":[32],"delay":8}"# } == "speech.file")
        #expect(try code { $0.metadata["card"] = nil } == "speech.file")
        #expect(
            try code { $0.set(.init(name: "1.b", shape: [1, 48], values: [Float](repeating: .nan, count: 48))) } == "speech.not-a-model")
        #expect(throws: SpeechError.self) { try SpeechModel(contentsOf: folder.file("missing")) }
    }
}
