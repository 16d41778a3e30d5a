import Foundation
import Stimmung
import StimmungCorpora
import StimmungNetworks
import StimmungSpeech
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Testing

/// Two speakers with a tone each: the training does not know what speech is.
private func corpus(_ folder: TemporaryFolder) throws -> Corpus {
    let names = ["anna", "ben"]
    for (index, name) in names.enumerated() {
        try folder.tone("\(name).wav", seconds: 0.8, frequency: Float(200 + 300 * index))
    }
    let lines = names.map { "\($0).wav,\($0),neutral" }
    try Data((["file,speaker,emotion"] + lines).joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder.file("manifest.csv")))
    return try Corpus.open(path: folder.file("manifest.csv"))
}

private let small = """
    name: small
    network: {units: 3, cells: [4], delay: 2}
    scenes: {seconds: [1, 2]}
    training: {epochs: 2, steps: 2, batch: 5}
    """

struct SpeechTrainingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func training(_ threads: Int, seed: UInt64 = 1) throws -> SpeechTraining {
        var training = SpeechTraining(recipe: try SpeechRecipe(parsing: small, file: "small"), corpora: [try corpus(folder)])
        training.workers = Workers(threads: threads)
        training.seed = seed
        return training
    }

    @Test("the same seed gives the same model for any number of threads, another seed another")
    func threads() throws {
        let one = try training(1).run()
        #expect(try training(3).run() == one)
        #expect(try training(1, seed: 2).run().network.parameters.values != one.network.parameters.values)
    }

    @Test("held-out speakers are not used, and the card names them")
    func heldOut() throws {
        var training = try training(2)
        training.heldOutSpeakers = ["ben"]
        let card = try training.run().card
        #expect(card.recordings == 1 && card.heldOutSpeakers == ["ben"] && card.recipe == "small")
        training.heldOutSpeakers = ["anna", "ben"]
        #expect(throws: TrainingError.nothingToTrainOn) { try training.run() }
    }

    @Test("a cancelled training ends")
    func cancellation() throws {
        let training = try training(1)
        training.cancellation.cancel()
        #expect(throws: Cancelled.self) { try training.run() }
    }

    @Test("scenes have finite samples, a truth for each window, and speech in some")
    func scenes() throws {
        let corpus = try corpus(folder)
        let synthesis = SceneSynthesis(try SpeechRecipe(parsing: small, file: "small").scenes, corpora: [corpus.utterances])
        var speech = 0
        for number in 0..<60 {
            let scene = try synthesis.scene(RandomSource(seed: 5).stream(number))
            #expect((16_000...32_001).contains(scene.samples.count))
            #expect(scene.samples.allSatisfy { abs($0) < 1000 }, "scene \(number)")
            #expect(scene.isSpeech.count == (scene.samples.count - 400) / 160 + 1)
            speech += scene.isSpeech.contains(true) ? 1 : 0
        }
        #expect(speech > 20 && speech < 55)
    }

    @Test("the built-in recipe is valid")
    func builtIn() throws {
        #expect(SpeechRecipe.builtIn.keys.contains("speech-activity"))
        #expect(try SpeechRecipe(nameOrPath: "speech-activity").name == "speech-activity")
    }

    @Test(
        "recipes are refused by what is wrong with them",
        arguments: [
            ("units: 3", "units: 0"), ("delay: 2", "delay: 101"), ("[1, 2]", "[2, 1]"), ("[1, 2]", "[1]"), ("epochs: 2", "epochs: 0"),
            ("batch: 5", "batch: 5, learningRate: .nan"), ("steps: 2", "step: 2"), ("name: small", "nam: small"), ("units: 3", "units: x"),
        ])
    func invalid(valid: String, invalid: String) {
        let yaml = small.replacing(valid, with: invalid)
        let error = #expect(throws: RecipeError.self) { try SpeechRecipe(parsing: yaml, file: "bad.yaml") }
        #expect(error?.description.contains("bad.yaml") == true)
    }

    @Test("an unknown recipe lists the known ones")
    func unknown() {
        #expect(throws: RecipeError.unknown(name: "none", known: ["speech-activity"])) { try SpeechRecipe(nameOrPath: "none") }
    }
}

struct SpeechTruthTests {
    @Test("a recording is trimmed 40 dB below its loud frames, and short pauses are speech")
    func truth() throws {
        var tones = Tones()
        tones.add(seconds: 0.5, amplitude: 0)
        tones.add(seconds: 0.5, amplitude: 0.5)
        tones.add(seconds: 0.15, amplitude: 0)
        tones.add(seconds: 0.5, amplitude: 0.5)
        // 34 dB below, and 46 dB below.
        tones.add(seconds: 0.2, amplitude: 0.01)
        tones.add(seconds: 0.5, amplitude: 0.0025)
        let truth = SpeechTruth(tones.samples)
        let trimmed = try #require(truth.trimmed)
        #expect(abs(trimmed.lowerBound - 50) <= 3 && abs(trimmed.upperBound - 185) <= 3)
        #expect(truth.frames(bridging: 20)[55..<160].allSatisfy { $0 })
        #expect(!truth.frames(bridging: 5)[105..<112].contains(true))
        #expect(SpeechTruth([]).trimmed == nil && SpeechTruth([0.1]).frames(bridging: 5) == [])
    }
}
