import Foundation
import Stimmung
import StimmungAudio
import StimmungExport
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

/// Models that decide about detected speech: the graph gets the rows that `predict` decides by.
@Suite(.enabled(if: RunONNX.python != nil && !TestData.emodb.isEmpty, "needs Python with onnx and onnxruntime, and EmoDB in STIMMUNG_DATA"))
struct SpeechGraphTests {
    private let folder: TemporaryFolder
    private var recording: AudioSegment { AudioSegment(path: folder.file("call.wav")) }

    /// Three recordings of other speakers, with pauses between them.
    init() throws {
        folder = try TemporaryFolder()
        let pause = [Float](repeating: 0, count: 20_000)
        let samples = try [0, 4, 8].reduce(pause) { joined, number in
            try joined + AudioFile.read(AudioSegment(path: TestData.emodb[number].path), sampleRate: 16_000, longest: 60) + pause
        }
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: folder.file("call.wav"))
    }

    @Test("The built-in model decides by a row for each stretch of speech, and its graph decides the same")
    func stretches() throws {
        let recogniser = try Recogniser(Model.builtIn())
        let rows = try recogniser.judgedRows(of: recording).rows
        #expect(rows.weight == .frames && rows.weights.count >= 3 && rows.starts == rows.starts.sorted())
        let found = try RunONNX.outputs(
            of: try ONNXExport(recogniser.model, from: .features),
            [padded("features", [rows.features]), .init(name: "frames", shape: [1, rows.weights.count], values: rows.weights)])
        let prediction = try recogniser.predict(recording)
        #expect(try found.difference("probabilities", from: prediction.probabilities.map(\.probability)) < 1e-4)
        // One row of the whole recording gives other probabilities.
        let whole = try FrontEnd(recogniser.model.recipe.features).features(of: recording)
        let other = try RunONNX.outputs(
            of: try ONNXExport(recogniser.model, from: .features),
            [padded("features", [whole]), .init(name: "frames", shape: [1, 1], values: [1])])
        #expect(try other.difference("probabilities", from: prediction.probabilities.map(\.probability)) > 1e-3)
    }

    @Test("A model of frames takes all frames, and which of them are speech", arguments: ["rnn", "lstm"])
    func frames(name: String) throws {
        var recipe = try Recipe(named: name)
        recipe.speech = .detected
        let recogniser = try Recogniser(randomModel(recipe))
        let rows = try recogniser.judgedRows(of: recording).rows
        #expect(rows.weight == .speech && Set(rows.weights) == [0, 1])
        let found = try RunONNX.outputs(
            of: try ONNXExport(recogniser.model, from: .features),
            [
                padded("features", [rows.features]), .init(name: "lengths", shape: [1], values: [Float(rows.weights.count)]),
                .init(name: "speech", shape: [1, rows.weights.count], values: rows.weights),
            ])
        let prediction = try recogniser.predict(recording)
        #expect(try found.difference("probabilities", from: prediction.probabilities.map(\.probability)) < 1e-3)
    }

    @Test("The second Python program of docs/onnx.md decides as predict does")
    func documentation() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/onnx.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let program = try #require(text.components(separatedBy: "```python\n").dropFirst(2).first?.components(separatedBy: "```").first)
        let recogniser = try Recogniser(Model.builtIn())
        try ONNXExport(recogniser.model, from: .features).write(path: folder.file("built-in.onnx"))
        let rows = try recogniser.judgedRows(of: recording).rows
        let data = try FeatureWriter.data(rows, recogniser.model.recipe.features, format: .npy)
        try FeatureWriter.write(data, to: folder.file("call.npy"))
        try folder.write("program.py", "import os\nos.chdir(\"\(folder.path)\")\n\(program)\nprint(*probabilities[0])")
        let printed = try #require(RunONNX.python).run([folder.file("program.py")]).split(whereSeparator: \.isWhitespace).compactMap {
            Double($0)
        }
        let expected = try recogniser.predict(recording).probabilities.map(\.probability)
        #expect(printed.count == expected.count && zip(printed, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(printed)")
    }
}
