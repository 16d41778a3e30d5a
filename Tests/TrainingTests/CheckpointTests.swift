import Foundation
import Stimmung
import StimmungCorpora
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Testing

struct CheckpointTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus
    private let checkpoint: String

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
        checkpoint = folder.file("m.checkpoint")
    }

    private func training(heldOut: Int = 0, threads: Int = 1) -> ModelTraining {
        var recipe = smallRecipe(epochs: 6)
        recipe.training.heldOutSpeakers = heldOut
        recipe.training.schedule = .constant
        recipe.training.patience = 3
        var training = ModelTraining(recipe: recipe, corpus: corpus)
        training.seed = 4
        training.workers = Workers(threads: threads)
        training.checkpoint = checkpoint
        return training
    }

    /// Stops a training when its epoch `last` is done; its checkpoint stays.
    private func interrupt(_ training: ModelTraining, after last: Int) throws {
        #expect(throws: Cancelled.self) {
            try training.run { step in
                if step.stage == .training, step.completed == last { training.cancellation.cancel() }
            }
        }
        #expect(FileManager.default.fileExists(atPath: checkpoint))
    }

    private func file(_ model: Model) throws -> Data {
        try model.write(path: folder.file("m.safetensors"))
        return try bytes(folder.file("m.safetensors"))
    }

    /// For momentum or Adam, with and without early stopping: interrupted anywhere and gone on is as never interrupted.
    @Test(arguments: [0, 1], OptimiserKind.allCases) func resumingGivesTheSameModel(heldOut: Int, optimiser: OptimiserKind) throws {
        var whole = training(heldOut: heldOut)
        whole.recipe.training.optimiser = optimiser
        let expected = try file(whole.run())
        for epoch in [1, 3] {
            var first = training(heldOut: heldOut)
            first.recipe.training.optimiser = optimiser
            try interrupt(first, after: epoch)
            var second = first
            second.cancellation = Cancellation()
            second.workers = Workers(threads: 2)
            let reports = Reports()
            let model = try second.run(resume: true) { step in
                if step.stage == .training { reports.add(step.completed) }
            }
            #expect(reports.epochs.first == epoch + 1, "it goes on and does not begin again")
            #expect(try file(model) == expected)
        }
    }

    @Test func threadsDoNotMatter() throws {
        #expect(try file(training(threads: 1).run()) == file(training(threads: 2).run()))
    }

    @Test func withoutACheckpointResumingBegins() throws {
        #expect(try file(training().run(resume: true)) == file(training().run()))
    }

    @Test func anotherTrainingIsNotGoneOnFrom() throws {
        try interrupt(training(), after: 2)
        let before = try bytes(checkpoint)
        var others: [ModelTraining] = []
        func other(_ change: (inout ModelTraining) -> Void) {
            var changed = training()
            change(&changed)
            others.append(changed)
        }
        other { $0.seed = 5 }
        other { $0.recipe.training.learningRate = 0.02 }
        other { $0.recipe.network = [.lstm(cells: 9)] }
        other { $0.recipe.features.deltas = 1 }
        other { $0.classes = LabelSet(["sadness", "neutral", "anger"]) }
        other { $0.classes = LabelSet(["anger", "neutral"]) }
        func changed(_ change: (Int, inout Utterance) -> Void) -> Corpus {
            Corpus(
                name: corpus.name, root: corpus.root,
                utterances: corpus.utterances.enumerated().map { number, utterance in
                    var copy = utterance
                    change(number, &copy)
                    return copy
                })
        }
        other { $0.corpus = changed { number, utterance in if number == 3 { utterance.emotion = "anger" } } }
        other { $0.corpus = changed { number, utterance in if number == 3 { utterance.speaker = "d" } } }
        other { $0.corpus = changed { number, utterance in if number == 3 { utterance.end = 0.4 } } }
        other { $0.corpus = Corpus(name: corpus.name, root: corpus.root, utterances: Array(corpus.utterances.dropLast())) }
        for other in others {
            let error = try #require(throws: TrainingError.self) { try other.run(resume: true) }
            #expect("\(error)".contains(checkpoint) && "\(error)".contains("another recipe, corpus, seed"), "\(error)")
        }
        #expect(try bytes(checkpoint) == before)
    }

    @Test func theSameStateGivesTheSameBytes() throws {
        try interrupt(training(), after: 2)
        let first = try bytes(checkpoint)
        try interrupt(training(threads: 2), after: 2)
        #expect(try bytes(checkpoint) == first)
    }

    @Test func aDamagedCheckpointIsAnError() throws {
        try interrupt(training(), after: 2)
        let whole = try bytes(checkpoint)
        for length in [0, 7, 100, whole.count / 2, whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: checkpoint))
            let error = try #require(throws: SafetensorsError.self) { try training().run(resume: true) }
            #expect("\(error)".contains(checkpoint))
        }
        try whole.write(to: URL(fileURLWithPath: checkpoint))
        let sound = try ModelParts(path: checkpoint)
        let progress = try #require(sound.metadata["progress"])
        for (old, new) in [
            ("\"epoch\":2,", "\"epoch\":-2,"), ("\"epoch\":2,", "\"epoch\":900,"), ("\"steps\":", "\"steps\":-"), ("{", "["),
        ] {
            var parts = sound
            parts.metadata["progress"] = progress.replacingOccurrences(of: old, with: new)
            try #require(parts.metadata["progress"] != progress, "\(progress)")
            try parts.write(checkpoint)
            #expect(throws: TrainingError.self) { try training().run(resume: true) }
        }
        for name in ["parameters", "optimiser.first", "optimiser.second"] {
            var parts = sound
            parts.set(name) { $0[1] = .nan }
            try parts.write(checkpoint)
            let error = try #require(throws: TrainingError.self) { try training().run(resume: true) }
            #expect("\(error)".contains("NaN or infinite"))
        }
    }

    /// Features that are interrupted leave neither a model nor a checkpoint.
    @Test func interruptedBeforeTheFirstEpoch() throws {
        let training = training()
        training.cancellation.cancel()
        #expect(throws: Cancelled.self) { try training.run() }
        #expect(!FileManager.default.fileExists(atPath: checkpoint))
    }

    @Test func aCheckpointThatCannotBeWrittenStops() throws {
        var training = training()
        training.checkpoint = folder.file("nofolder/m.checkpoint")
        let error = try #require(throws: SafetensorsError.self) { try training.run() }
        #expect("\(error)".contains("nofolder/m.checkpoint"))
    }

    @Test func aModelKnowsWhereItIsFrom() throws {
        let model = try training().run()
        #expect(model.card.corpus == "tones" && model.card.utterances == 24 && model.card.speakers == 4 && model.card.seed == 4)
        #expect(model.card.heldOutSpeakers == [])
        #expect(
            model.card.utterancesPerClass == [8, 8, 8] && model.card.epoch == 6 && model.labels == ["anger", "neutral", "sadness"])
    }

    /// The card tells of the training part only, and of the epoch whose parameters the model has.
    @Test func aModelKnowsWhatWasHeldOut() throws {
        let model = try training(heldOut: 1).run()
        #expect(model.card.utterances == 18 && model.card.speakers == 3 && model.card.heldOutSpeakers.count == 1)
        #expect(model.card.utterancesPerClass == [6, 6, 6] && (1...6).contains(model.card.epoch) && model.card.validationLoss != nil)
    }

    @Test func anImpossibleLearningRateIsSaidToDiverge() throws {
        var training = training()
        training.recipe.training.learningRate = 1e30
        training.recipe.training.clip = 1e30
        training.recipe.training.weightDecay = 0
        training.recipe.training.optimiser = .sgd
        let error = try #require(throws: TrainingError.self) { try training.run() }
        #expect("\(error)".contains("diverged"))
    }
}

/// The epochs that a training reports, from whatever thread.
private final class Reports: @unchecked Sendable {
    private let lock = NSLock()
    private var list: [Int] = []

    func add(_ epoch: Int) { lock.withLock { list.append(epoch) } }

    var epochs: [Int] { lock.withLock { list } }
}
