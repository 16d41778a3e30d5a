import Foundation
import Stimmung
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Testing

struct ModelFileTests {
    private let folder: TemporaryFolder
    private let model: Model
    private let file: String
    private let recording: String

    init() throws {
        folder = try TemporaryFolder()
        let corpus = try toneCorpus(in: folder, speakers: ["a", "b"], each: 1)
        model = try ModelTraining(recipe: smallRecipe(epochs: 2), corpus: corpus).run()
        recording = corpus.utterances[0].file
        file = folder.file("model.safetensors")
        try model.write(path: file)
    }

    /// The error of a file that is no sound model; it names the file, in words fit to be read.
    private func refusal(of path: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let error = try #require(throws: ModelError.self, sourceLocation: sourceLocation) { try Model(contentsOf: path) }
        #expect("\(error)".contains(path) && "\(error)".count < 700, "\(error)", sourceLocation: sourceLocation)
        return "\(error)"
    }

    private func refusal(changing change: (inout ModelParts) -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        var parts = try ModelParts(path: file)
        change(&parts)
        let changed = folder.file("changed-\(UUID().uuidString).safetensors")
        try parts.write(changed)
        return try refusal(of: changed, sourceLocation: sourceLocation)
    }

    @Test func aModelReadsBackAndSaysTheSame() throws {
        let read = try Model(contentsOf: file)
        #expect(read == model)
        #expect(try Recogniser(read).predict(path: recording) == Recogniser(model).predict(path: recording))
        try read.write(path: folder.file("again.safetensors"))
        #expect(try bytes(folder.file("again.safetensors")) == bytes(file))
        #expect(!folder.content.contains { $0.contains("partial") })
    }

    @Test(arguments: ["rnn", "blstm", "rectifier-blstm"]) func recurrentRecipesReadBackAndSayTheSame(name: String) throws {
        var recipe = try Recipe(named: name)
        recipe.training.epochs = 1
        let corpus = try toneCorpus(in: folder, speakers: ["a", "b"], each: 1)
        let model = try ModelTraining(recipe: recipe, corpus: corpus).run()
        let path = folder.file("\(name).safetensors")
        try model.write(path: path)
        let read = try Model(contentsOf: path)
        #expect(read == model)
        let prediction = try Recogniser(read).predict(path: recording, timeline: Timeline(window: 0.1))
        #expect(try prediction == Recogniser(model).predict(path: recording, timeline: Timeline(window: 0.1)))
        #expect(prediction.label?.isEmpty == false && prediction.segments?.isEmpty == false)
    }

    @Test func theArraysHaveTheirDocumentedNames() throws {
        let names = try ModelParts(path: file).tensors.map(\.name)
        #expect(
            Set(names) == [
                "0.W", "0.b", "2.W_x", "2.W_h", "2.w_c", "2.b", "4.W", "4.b", "normaliser.mean", "normaliser.deviation",
            ])
        #expect(Set(try ModelParts(path: file).metadata.keys) == ["stimmung.format", "recipe", "labels", "card"])
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let whole = try bytes(file)
        let cut = folder.file("cut.safetensors")
        for length in Array(0..<64) + Array(stride(from: 64, to: whole.count, by: 61)) + [whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
            _ = try refusal(of: cut)
        }
        try (whole + [0]).write(to: URL(fileURLWithPath: cut))
        _ = try refusal(of: cut)
    }

    /// A changed byte makes another model or none, but nothing worse.
    @Test func changedBytesAreModelsOrErrors() throws {
        let whole = try bytes(file)
        let changed = folder.file("bytes.safetensors")
        var random = RandomSource(seed: 11)
        var refused = 0
        for _ in 0..<600 {
            var copy = whole
            // Most changes in the header, where the sizes, the recipe and the labels are.
            let reach = random.index(below: 4) == 0 ? whole.count : 2500
            for _ in 0...random.index(below: 3) { copy[random.index(below: reach)] = UInt8(random.index(below: 256)) }
            try copy.write(to: URL(fileURLWithPath: changed))
            do {
                let model = try Model(contentsOf: changed)
                #expect(model.ensemble.networks[0].outputs == model.labels.count)
            } catch {
                #expect("\(error)".contains(changed))
                refused += 1
            }
        }
        #expect(refused > 300)
    }

    @Test func filesThatAreNoModels() throws {
        #expect(try refusal(of: folder.file("nosuch")).contains("no such file"))
        #expect(try refusal(of: folder.path).contains("folder"))
        #expect(try refusal(of: recording).contains("safetensors"))
        #expect(try refusal(of: "/dev/null").contains("regular file"))
    }

    @Test func anotherVersionIsNamed() throws {
        let text = try refusal { $0.metadata["stimmung.format"] = "2" }
        #expect(text.contains("format 2") && text.contains("format 1"))
        #expect(try refusal { $0.metadata["stimmung.format"] = nil }.contains("stimmung.format"))
    }

    @Test func aModelNamesTheVersionOfItsFrontEnd() throws {
        #expect(try Safetensors(path: file).metadata["stimmung.frontend"] == nil)
        var causal = model
        causal.recipe.features.relativeFloor = true
        try causal.write(path: file)
        #expect(try Safetensors(path: file).metadata["stimmung.frontend"] == "2")
        #expect(try Model(contentsOf: file) == causal)
        #expect(try refusal { $0.metadata["stimmung.frontend"] = "4" }.contains("needs version 4 of the front end"))
        #expect(throws: ModelError.otherFrontEnd(file: folder.file("newer"), found: 7)) {
            var parts = try ModelParts(path: file)
            parts.metadata["stimmung.frontend"] = "7"
            try parts.write(folder.file("newer"))
            _ = try Model(contentsOf: folder.file("newer"))
        }
        for text in ["0", "-1", "two", ""] {
            #expect(try refusal { $0.metadata["stimmung.frontend"] = text }.contains("stimmung.frontend"))
        }
    }

    @Test func arraysMustFitTheRecipe() throws {
        #expect(try refusal { $0.set("2.W_h", shape: [8, 32]) }.contains("2.W_h"))
        #expect(try refusal { $0.set("4.b", shape: [3]) }.contains("4.b"))
        #expect(try refusal { $0.tensors.removeAll { $0.name == "2.w_c" } }.contains("2.w_c"))
        #expect(try refusal { $0.tensors.removeAll { $0.name == "normaliser.mean" } }.contains("normaliser.mean"))
    }

    @Test(arguments: ["0.W", "2.w_c", "4.b", "normaliser.mean", "normaliser.deviation"], [Float.nan, .infinity])
    func valuesMustBeNumbers(array: String, value: Float) throws {
        #expect(try refusal { $0.set(array) { $0[$0.count / 2] = value } }.contains(array))
    }

    @Test func labelsMustFitTheNetwork() throws {
        #expect(try refusal { $0.metadata["labels"] = #"["anger","neutral"]"# }.contains("4.W"))
        #expect(try refusal { $0.metadata["labels"] = #"["anger","neutral","sadness","fear"]"# }.contains("4.W"))
        for labels in [#"["anger"]"#, "[]", #"["anger","anger","sadness"]"#, #"["anger","",""]"#] {
            #expect(try refusal { $0.metadata["labels"] = labels }.contains("labels"))
        }
        for labels in ["", "anger", "3", "[1,2,3]", String(repeating: "[", count: 10_000)] {
            #expect(try refusal { $0.metadata["labels"] = labels }.contains("labels"))
        }
        #expect(try refusal { $0.metadata["card"] = "{}" }.contains("card"))
        #expect(try refusal { $0.metadata["card"] = nil }.contains("card"))
    }

    /// Recipes that speak of gigabytes and hours, beside the arrays of a small network: refused at once, before memory is taken for them.
    static let hostile: [(String, String, String)] = [
        ("lstm: 8", "lstm: 8192", "2.W_x"),
        ("rectifier: 8", "rectifier: 8192", "0.W"),
        ("- lstm: 8", String(repeating: "- lstm: 8192\n", count: 90) + "- lstm: 8", "2.W_x"),
        ("- lstm: 8", String(repeating: "- dropout: 0.1\n", count: 5000) + "- lstm: 8", "100 layers"),
        ("- lstm: 8", String(repeating: "- dropout: 0.1\n", count: 500_000) + "- lstm: 8", "bytes"),
        ("lstm: 8", "lstm: 9223372036854775807", "network.lstm"),
        ("lstm: 8", "lstm: -1", "network.lstm"),
        ("melBands: 26", "melBands: 1000\n  fftSize: 1048576\n  foo: 1", "foo"),
        ("- mfcc", "- mfcc\n  - fbank", "0.W"),
        ("deltas: 2", "deltas: 1", "0.W"),
        ("deltas: 2", "deltas: 1000000", "features.deltas"),
        ("coefficients: 13", "coefficients: 1000000000000", "features.coefficients"),
        ("sampleRate: 16000", "sampleRate: 9223372036854775807", "features.sampleRate"),
        ("sampleRate: 16000", "sampleRate: 16000\n  fftSize: 9223372036854775807", "features.fftSize"),
        ("deltaWindow: 2", "deltaWindow: 9223372036854775807", "features.deltaWindow"),
        ("name: small", "name: [small]", "name"),
        ("name: small", "{", "YAML"),
    ]

    @Test(arguments: hostile.indices) func hostileRecipesAreRefusedAtOnce(number: Int) throws {
        let (key, replacement, word) = Self.hostile[number]
        let began = ContinuousClock.now
        let text = try refusal { parts in
            let recipe = parts.metadata["recipe"] ?? ""
            #expect(recipe.contains(key))
            parts.metadata["recipe"] = recipe.replacingOccurrences(of: key, with: replacement)
        }
        #expect(text.contains(word), "\(text)")
        #expect(began.duration(to: .now) < .seconds(3))
    }

    /// Front ends that are allowed but large, with arrays that fit, are read at once and do not crash a prediction.
    @Test(arguments: [
        ("melBands: 26", "melBands: 1000\n  fftSize: 1048576"), ("sampleRate: 16000", "sampleRate: 384000"),
        ("windowLength: 0.025", "windowLength: 1.0"), ("hop: 0.01", "hop: 6.25e-5"), ("deltaWindow: 2", "deltaWindow: 100"),
    ])
    func largeFrontEndsAreReadAtOnce(key: String, replacement: String) throws {
        var parts = try ModelParts(path: file)
        let recipe = parts.metadata["recipe"] ?? ""
        #expect(recipe.contains(key))
        parts.metadata["recipe"] = recipe.replacingOccurrences(of: key, with: replacement)
        let began = ContinuousClock.now
        try parts.write(folder.file("large.safetensors"))
        let model = try Model(contentsOf: folder.file("large.safetensors"))
        #expect(began.duration(to: .now) < .seconds(3))
        // Half a second is shorter than a window of one second, which is said.
        _ = try? Recogniser(model).predict(path: recording)
        #expect(began.duration(to: .now) < .seconds(20))
    }
}
