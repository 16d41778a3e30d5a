import Foundation
import Stimmung
import StimmungAudio
import StimmungExport
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

/// The front end inside the graph.
@Suite(.enabled(if: RunONNX.python != nil, "needs Python with onnx and onnxruntime")) struct AudioGraphTests {
    /// Sounds of different lengths: harmonics that move, noise, silence in between.
    private let sounds: [[Float]] = [16_000, 400, 7777].map { count in
        var random = RandomSource(seed: UInt64(count))
        return (0..<count).map { n in
            let time = Float(n) / 16_000
            let tone = (1...5).reduce(Float(0)) { $0 + sin(2 * .pi * Float($1) * (120 + 30 * time) * time) / Float($1) }
            return (n / 3000 % 3 == 2 ? 0 : 0.1 * tone) + random.uniform(in: -0.01..<0.01) + 0.02
        }
    }

    private func check(_ recipe: Recipe, speech: [[Float]]? = nil) throws {
        let model = randomModel(recipe)
        let frontEnd = try FrontEnd(recipe.features)
        let recordings = try sounds.map { samples in
            var level = samples
            PeakLevel(of: samples, options: recipe.features).apply(to: &level)
            var extractor = frontEnd.makeExtractor()
            var frames = Matrix(rows: 0, columns: extractor.width)
            try extractor.push(level, into: &frames)
            extractor.finish(into: &frames)
            model.normaliser?.apply(to: &frames)
            return frames
        }
        let longest = sounds.map(\.count).max() ?? 0
        var inputs: [Safetensors.Tensor] = [
            .init(
                name: "audio", shape: [sounds.count, longest],
                values: sounds.flatMap { $0 + [Float](repeating: 7, count: longest - $0.count) }),
            .init(name: "lengths", shape: [sounds.count], values: sounds.map { Float($0.count) }),
        ]
        let most = recordings.map(\.rows).max() ?? 0
        if let speech {
            inputs.append(
                .init(
                    name: "speech", shape: [sounds.count, most],
                    values: speech.flatMap { $0 + [Float](repeating: 0, count: most - $0.count) }))
        }
        let found = try RunONNX.outputs(of: try ONNXExport(model, from: .audio), inputs)
        let logs = model.ensemble.logPosteriors(of: recordings, workers: Workers(threads: 1))
        let all = try #require(found.values["log_posteriors"])
        var probabilities: [Double] = []
        for (index, rows) in logs.enumerated() {
            var pooling = Pooling(model.recipe.decision, classes: model.labels.count, temperature: model.temperature)
            for row in 0..<rows.rows {
                for (k, value) in rows.row(row).enumerated() {
                    #expect(abs(exp(Double(value)) - exp(all[(index * most + row) * rows.columns + k])) < 1e-3)
                }
                if speech?[index][row] != 0 { pooling.add(rows, rows: row..<row + 1) }
            }
            probabilities += pooling.probabilities
        }
        #expect(try found.difference("probabilities", from: probabilities) < 1e-3)
    }

    @Test("Recipes of frames give the same from samples as from their front end", arguments: ["lstm", "blstm", "mlp", "crbm-lstm"])
    func recipes(name: String) throws { try check(try Recipe(named: name)) }

    @Test("All kinds that need no pitch, the high-pass, a floor that follows the level, and speech as an input")
    func frontEnd() throws {
        var recipe = try Recipe(named: "rnn")
        recipe.features.kinds = [.fbank, .energy, .mfcc]
        recipe.features.deltas = 1
        recipe.features.deltaWindow = 3
        recipe.features.peak = 0
        recipe.features.highPass = 70
        recipe.features.relativeFloor = true
        recipe.features.window = .hann
        try check(recipe)
        recipe.speech = .detected
        let speech = sounds.map { samples in (0..<recipe.features.frameCount(samples: samples.count)).map { Float($0 % 3 == 0 ? 1 : 0) } }
        try check(recipe, speech: speech)
    }

    @Test(
        "What a graph cannot compute is refused with its name",
        arguments: [("functionals-live", "pitch"), ("encoder", "the speech encoder")])
    func refusals(name: String, part: String) throws {
        var recipe = try Recipe(named: name)
        recipe.features.encoder?.weights = "0"
        let error = try #require(throws: ExportError.self) { try ONNXExport(randomModel(recipe), from: .audio) }
        guard case .frontEnd(part, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("--input features"))
    }

    @Test("The Python program of docs/onnx.md runs")
    func documentation() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/onnx.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let program = try #require(text.components(separatedBy: "```python\n").dropFirst().first?.components(separatedBy: "```").first)
        let folder = try TemporaryFolder()
        let model = randomModel(try Recipe(named: "lstm"))
        try ONNXExport(model, from: .audio).write(path: folder.file("emodb.onnx"))
        try AudioFile.writeWAV(sounds[0], sampleRate: 16_000, to: folder.file("call.wav"))
        try folder.write("program.py", "import os\nos.chdir(\"\(folder.path)\")\n\(program)")
        let printed = try #require(RunONNX.python).run([folder.file("program.py")])
        #expect(model.labels.contains { printed.hasPrefix($0) })
    }
}
