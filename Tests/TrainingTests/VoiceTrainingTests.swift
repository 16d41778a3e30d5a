import Foundation
import Stimmung
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

/// Networks for enrolled voices, familiarity, and weights in bfloat16.
struct VoiceTrainingTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func training(_ change: (inout Recipe) -> Void) -> ModelTraining {
        var recipe = smallRecipe(epochs: 2)
        recipe.calibration = 2
        change(&recipe)
        var training = ModelTraining(recipe: recipe, corpus: corpus)
        training.seed = 7
        training.workers = Workers(threads: 2)
        return training
    }

    private func file(_ model: Model) throws -> Data {
        try model.write(path: folder.file("m.safetensors"))
        return try bytes(folder.file("m.safetensors"))
    }

    /// The other networks keep their bits, and everything is read back.
    @Test func networksForVoicesAreTrainedBesideTheOthers() throws {
        let plain = try training { _ in }.run()
        let model = try training { $0.voiceNetworks = true }.run()
        #expect(model.ensemble == plain.ensemble && model.temperature == plain.temperature && plain.voiceNetworks == nil)
        let voices = try #require(model.voiceNetworks)
        #expect(voices.ensemble != model.ensemble && voices.spread ?? 0 > 0 && voices.temperature > 0 && model.card == plain.card)
        let data = try file(model)
        let read = try Model(contentsOf: folder.file("m.safetensors"))
        #expect(read == model)
        var other = training { $0.voiceNetworks = true }
        other.workers = Workers(threads: 1)
        #expect(try file(other.run()) == data)
    }

    @Test func aTrainingWithNetworksForVoicesIsResumed() throws {
        let expected = try file(training { $0.voiceNetworks = true }.run())
        var first = training { $0.voiceNetworks = true }
        first.workers = Workers(threads: 1)
        first.checkpoint = folder.file("m.checkpoint")
        let interrupted = first
        #expect(throws: Cancelled.self) {
            try interrupted.run { step in if step.stage == .network(2), step.completed == 1 { interrupted.cancellation.cancel() } }
        }
        var second = first
        second.cancellation = Cancellation()
        #expect(try file(second.run(resume: true)) == expected)
        second.removeCheckpoints()
        #expect(!folder.content.contains { $0.contains("checkpoint") }, "\(folder.content)")
    }

    @Test func roundedWeightsTakeHalfTheSpace() throws {
        let plain = try training { $0.calibration = 0 }.run()
        let rounded = try training {
            $0.calibration = 0
            $0.weights = .bfloat16
        }.run()
        let values = plain.ensemble.networks[0].parameters.values
        #expect(rounded.ensemble.networks[0].parameters.values == values.map(\.roundedToBFloat16))
        let (long, short) = (try file(plain).count, try file(rounded).count)
        #expect(try Model(contentsOf: folder.file("m.safetensors")) == rounded && long - short > values.count * 2 - 200, "\(long) \(short)")
    }

    @Test func familiarityIsFittedOnUnheardSpeakers() throws {
        let model = try training {
            $0.features = .utterance
            $0.network = [.rectifier(units: 8)]
            $0.training.crop = 0
            $0.unfamiliar = 3
        }.run()
        let familiarity = try #require(model.familiarity)
        #expect(familiarity.growth == 3 && familiarity.spread > 0)
        _ = try file(model)
        #expect(try Model(contentsOf: folder.file("m.safetensors")).familiarity == familiarity)
        for utterance in corpus.utterances {
            let value = try #require(try Recogniser(model).predict(path: utterance.file).familiarity)
            #expect((0...1).contains(value))
        }
    }

    /// Nothing to fit it on: the recipe's 0 is no measure.
    @Test func withoutCalibrationThereIsNoFamiliarity() throws {
        let model = try training {
            $0.features = .utterance
            $0.network = [.rectifier(units: 8)]
            $0.training.crop = 0
            $0.calibration = 0
            $0.unfamiliar = 0
        }.run()
        #expect(model.familiarity == nil)
    }

    @Test(arguments: [("unfamiliar: 3", "unfamiliar"), ("voiceNetworks: 2", "voiceNetworks"), ("weights: half", "weights")])
    func wrongValuesAreRefused(line: String, key: String) throws {
        let yaml = training { _ in }.recipe.yaml.replacing("calibration: 2", with: "calibration: 0") + line + "\n"
        do {
            _ = try Recipe(parsing: yaml, file: "r.yaml")
            Issue.record("\(line) was accepted")
        } catch { #expect("\(error)".contains(key) && "\(error)".contains("r.yaml"), "\(error)") }
    }
}
