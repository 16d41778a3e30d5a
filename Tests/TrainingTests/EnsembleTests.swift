import Foundation
import Stimmung
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

struct EnsembleTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func training(networks: Int, calibration: Int = 0, threads: Int = 1) -> ModelTraining {
        var recipe = smallRecipe(epochs: 3)
        recipe.ensemble = networks
        recipe.calibration = calibration
        var training = ModelTraining(recipe: recipe, corpus: corpus)
        training.seed = 7
        training.workers = Workers(threads: threads)
        training.checkpoint = folder.file("m.checkpoint")
        return training
    }

    private func file(_ model: Model) throws -> Data {
        try model.write(path: folder.file("m.safetensors"))
        return try bytes(folder.file("m.safetensors"))
    }

    @Test func theMeanOfPosteriorsDecides() throws {
        let model = try training(networks: 3).run()
        let networks = model.ensemble.networks
        #expect(networks.count == 3 && networks[0].parameters != networks[1].parameters && networks[1].parameters != networks[2].parameters)
        #expect(try training(networks: 1).run().ensemble.networks[0].parameters == networks[0].parameters)
        let path = corpus.utterances[0].file
        var mean = [Double](repeating: 0, count: 3)
        for network in networks {
            var one = model
            one.ensemble = Ensemble([network])
            // Of one frame's length a pooling is the frame's posterior; here all frames vote, which the mean over networks commutes with.
            one.recipe.decision = .posteriors
            for (k, each) in try Recogniser(one).predict(path: path).probabilities.enumerated() { mean[k] += each.probability / 3 }
        }
        var all = model
        all.recipe.decision = .posteriors
        let together = try Recogniser(all).predict(path: path).probabilities.map(\.probability)
        #expect(zip(mean, together).allSatisfy { abs($0 - $1) < 1e-5 }, "\(mean) \(together)")
    }

    @Test func aFileKeepsAllNetworks() throws {
        let model = try training(networks: 2, calibration: 2).run()
        _ = try file(model)
        let read = try Model(contentsOf: folder.file("m.safetensors"))
        #expect(read == model)
        #expect(try ModelParts(path: folder.file("m.safetensors")).tensors.contains { $0.name == "2/0.W" })
        let summary = model.summary
        #expect(
            summary.networks == 2 && summary.recipe.calibration == 2
                && summary.parameters == 2 * model.ensemble.networks[0].parameters.values.count)
        var parts = try ModelParts(path: folder.file("m.safetensors"))
        parts.tensors.removeAll { $0.name == "2/0.W" }
        let error = try #require(throws: ModelError.self) { try parts.model(in: folder) }
        #expect("\(error)".contains("2/0.W"), "\(error)")
    }

    @Test func theSameBitsForAnyNumberOfThreads() throws {
        let one = try file(training(networks: 2, calibration: 3).run())
        #expect(try file(training(networks: 2, calibration: 3, threads: 2).run()) == one)
        #expect(try file(training(networks: 2, calibration: 3, threads: 5).run()) == one)
    }

    /// Stopped in the second network, the first is not trained again.
    @Test func anEnsembleIsGoneOnWith() throws {
        let expected = try file(training(networks: 2, calibration: 2).run())
        let first = training(networks: 2, calibration: 2)
        #expect(throws: Cancelled.self) {
            try first.run { step in
                if step.stage == .network(2), step.completed == 2 { first.cancellation.cancel() }
            }
        }
        var second = first
        second.cancellation = Cancellation()
        let again = Epochs()
        let model = try second.run(resume: true) { step in
            for network in 1...2 where step.stage == .network(network) { again.add(network, step.completed) }
        }
        #expect(try file(model) == expected)
        #expect(again.all == ["2 3"])
        second.removeCheckpoints()
        #expect(!folder.content.contains { $0.contains("checkpoint") }, "\(folder.content)")
    }

    /// Calibration hears each training speaker once, from networks that were trained without: the temperature differs from that of training data.
    @Test func theTemperatureIsFittedOnUnheardSpeakers() throws {
        let model = try training(networks: 1, calibration: 4).run()
        #expect(model.temperature != 1 && (0.05...20).contains(model.temperature))
        #expect(try training(networks: 1).run().temperature == 1)
        #expect(try training(networks: 1, calibration: 4).run().ensemble == training(networks: 1).run().ensemble)
    }

    @Test(arguments: [
        ("ensemble: 0", "1 to 100"), ("ensemble: 101", "1 to 100"), ("calibration: 1", "2 to 100"), ("calibration: -2", "2 to 100"),
        ("augmentation: [speeed=2]", "augmentation"), ("augmentation: [warp=3]", "warp"), ("augmentation: [warp=1]", "without a change"),
        ("augmentation: [speed=100]", "speed"),
    ])
    func wrongValuesAreRefused(key: String, says: String) throws {
        let yaml = "name: x\nnetwork: []\n\(key)\n"
        let error = try #require(throws: (any Error).self) { try Recipe(parsing: yaml, file: "x.yaml") }
        #expect("\(error)".contains(says), "\(error)")
    }

    /// Blanks around the plus do not matter, and a sign is no plus.
    @Test func copiesAreReadAsAlterationsAre() throws {
        #expect(try RecordingCopy(parsing: "room=0.4 + noise=20 + warp=0.9").description == "room=0.4+noise=20+warp=0.9")
        #expect(try RecordingCopy(parsing: "pitch=+2").alterations == [.pitch(semitones: 2)])
    }

    @Test func copiesAreTrainedOnAndKeptInTheRecipe() throws {
        var recipe = smallRecipe(epochs: 2)
        recipe.augmentation = try ["speed=0.9", "warp=1.08", "noise=20+telephone"].map { try RecordingCopy(parsing: $0) }
        #expect(try Recipe(parsing: recipe.yaml, file: "again").augmentation == recipe.augmentation)
        #expect(recipe.augmentation.map(\.description) == ["speed=0.9", "warp=1.08", "noise=20+telephone"])
        var training = ModelTraining(recipe: recipe, corpus: corpus)
        let steps = Epochs()
        let model = try training.run { step in
            if step.stage == .features { steps.add(step.completed, step.total) }
        }
        #expect(steps.all.contains("96 96"))
        training.recipe.augmentation = []
        #expect(try training.run().ensemble != model.ensemble)
        // The mean and deviation are those of the recordings.
        #expect(try training.run().normaliser == model.normaliser)
    }
}

/// What progress reported, from several threads.
private final class Epochs: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func add(_ a: Int, _ b: Int) { lock.withLock { lines.append("\(a) \(b)") } }

    var all: [String] { lock.withLock { lines } }
}
