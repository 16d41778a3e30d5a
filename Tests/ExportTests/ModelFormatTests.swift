import Foundation
import Stimmung
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

private let numpy = Python(importing: "numpy")

@Suite(.enabled(if: numpy != nil, "needs Python with numpy")) struct ModelFormatTests {
    @Test("The program of docs/model-format.md rebuilds an LSTM in forty lines, with the same posteriors")
    func rebuilt() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/model-format.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let program = try #require(text.components(separatedBy: "```python\n").dropFirst().first?.components(separatedBy: "```").first)
        #expect(program.split(separator: "\n").count <= 40)

        let folder = try TemporaryFolder()
        let model = randomModel(try Recipe(named: "lstm"))
        try model.write(path: folder.file("emodb.safetensors"))
        var frames = randomRows(300, model.recipe.features.width, seed: 5)
        try FeatureWriter.write(frames, model.recipe.features, to: folder.file("call.npy"), format: .npy)
        try folder.write(
            "program.py",
            "import os\nos.chdir(\"\(folder.path)\")\n\(program)\nprint(json.dumps([posteriors.tolist(), probabilities.tolist()]))")
        let python = try #require(numpy)
        let lines = try python.run([folder.file("program.py")]).split(separator: "\n")
        let last = try #require(lines.last)
        let printed = try JSONDecoder().decode(Printed.self, from: Data(last.utf8))

        model.normaliser?.apply(to: &frames)
        let recordings: [Matrix] = [frames]
        let expected = model.ensemble.logPosteriors(of: recordings, workers: Workers(threads: 1))[0]
        for row in 0..<frames.rows {
            for (a, b) in zip(expected.row(row), printed.posteriors[row]) { #expect(abs(exp(Double(a)) - exp(b)) < 1e-5) }
        }
        let pooling = Pooling(model.recipe.decision, temperature: model.temperature, of: expected)
        for (a, b) in zip(pooling.probabilities, printed.probabilities) { #expect(abs(a - b) < 1e-5) }
        #expect(lines.first?.hasPrefix(model.labels[pooling.decided]) == true)
    }

    /// The last line that the program prints.
    private struct Printed: Decodable {
        let posteriors: [[Double]]
        let probabilities: [Double]

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            posteriors = try values.decode([[Double]].self)
            probabilities = try values.decode([Double].self)
        }
    }
}
