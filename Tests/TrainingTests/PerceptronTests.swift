import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungNetworks
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Synchronization
import Testing

/// Perceptrons over windows of frames: from the recipe to the model, with auto-encoder, losses and regularisation.
struct PerceptronTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func recipe() -> Recipe {
        var recipe = smallRecipe(epochs: 4)
        recipe.network = [
            .noise(deviation: 0.1), .context(ContextRecipe(left: 3, right: 3)), .sigmoid(units: 12), .batchNormalisation(movement: 0.1),
            .tanh(units: 8), .dropout(rate: 0.1),
        ]
        recipe.autoencoder = AutoencoderRecipe()
        recipe.autoencoder?.epochs = 2
        recipe.autoencoder?.batch = 300
        recipe.autoencoder?.noise = 0.2
        recipe.training.loss = .squaredError
        recipe.training.labelSmoothing = 0.05
        recipe.regularisation = [.init(norm: 1, penalty: 0.001, layers: [3]), .init(norm: 1.5, limit: 2, layers: [7])]
        return recipe
    }

    @Test func aModelWithEverythingIsReadBackAndStreams() throws {
        let training = ModelTraining(recipe: recipe(), corpus: corpus)
        let epochs = Mutex<[String]>([])
        let model = try training.run { step in
            for layer in 1...2 where step.stage == .autoencoder(layer) {
                epochs.withLock { $0.append("\(layer): \(step.completed) of \(step.total)") }
            }
        }
        #expect(epochs.withLock { $0 } == ["1: 1 of 2", "1: 2 of 2", "2: 1 of 2", "2: 2 of 2"])
        #expect(model.ensemble.networks[0].layers.last is LogSigmoid)
        // The classes' layer is the seventh entry, after the network's six.
        let weights = try #require(model.ensemble.networks[0].parameters["8.W"])
        #expect(weights.rows == 3 && WeightNorm.norm(weights.elements, p: 1.5) < 2.0001)
        let file = folder.file("m.safetensors")
        try model.write(path: file)
        let read = try Model(contentsOf: file)
        #expect(read == model)
        let prediction = try Recogniser(read).predict(path: corpus.utterances[0].file, timeline: Timeline(window: 0.1))
        #expect(abs(prediction.probabilities.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
        #expect(prediction == (try Recogniser(model).predict(path: corpus.utterances[0].file, timeline: Timeline(window: 0.1))))
    }

    @Test func theSameModelForAnyNumberOfThreadsAndAfterAnInterruption() throws {
        var training = ModelTraining(recipe: recipe(), corpus: corpus)
        training.seed = 2
        training.workers = Workers(threads: 1)
        let expected = try training.run()
        training.workers = Workers(threads: 3)
        #expect(try training.run() == expected)

        training.checkpoint = folder.file("m.checkpoint")
        let stopping = training
        #expect(throws: Cancelled.self) {
            try stopping.run { step in if step.stage == .training, step.completed == 2 { stopping.cancellation.cancel() } }
        }
        training.cancellation = Cancellation()
        let began = Mutex(false)
        let resumed = try training.run(resume: true) { step in if step.stage == .autoencoder(1) { began.withLock { $0 = true } } }
        #expect(resumed == expected)
        #expect(!began.withLock { $0 }, "what the auto-encoder learnt is in the checkpoint")

        let early = training
        early.cancellation.cancel()
        #expect(throws: Cancelled.self) { try early.run() }
    }

    @Test func theAutoencoderChangesTheStart() throws {
        var with = recipe()
        with.training.epochs = 1
        var without = with
        without.autoencoder = nil
        let weights = try [with, without].map { try ModelTraining(recipe: $0, corpus: corpus).run().ensemble.networks[0].parameters["2.W"] }
        #expect(weights[0] != weights[1])
    }

    @Test func itStandsOnMachinesToo() throws {
        for finetunes in [false, true] {
            var recipe = recipe()
            recipe.features.deltas = 0
            recipe.pretraining = PretrainingRecipe(machines: [.init(hidden: 6)])
            recipe.pretraining?.epochs = 1
            recipe.pretraining?.finetunes = finetunes
            recipe.regularisation = [.init(norm: 1, penalty: 100, layers: [3])]
            let parameters = try ModelTraining(recipe: recipe, corpus: corpus).run().ensemble.networks[0].parameters
            // The machine, its scale, noise, window: the third entry's dense layer is number 4.
            #expect(try #require(parameters["4.W"]).elements.allSatisfy { $0 == 0 })
            #expect(try #require(parameters["0.W"]).elements.contains { $0 != 0 })
        }
    }

    @Test func aWindowLongerThanARecordingNamesIt() throws {
        var recipe = recipe()
        recipe.network[1] = .context(ContextRecipe(left: 30, right: 30))
        recipe.training.crop = 0
        let training = ModelTraining(recipe: recipe, corpus: corpus)
        let error = try #require(throws: TrainingError.self) { try training.run() }
        for word in [corpus.utterances[0].file, "window has 61", "at most"] { #expect("\(error)".contains(word), "\(error)") }
        let evaluation = Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
        let failure = try #require(throws: FoldFailure.self) { try evaluation.run() }
        #expect(failure.reason.contains(".wav") && failure.code == error.code, "\(failure.code)")
        let single = try (0..<2).map { fold in try #require(throws: FoldFailure.self) { try evaluation.network(ofFold: fold) } }
        #expect(single[0].fold != single[1].fold && single[1].reason.contains(".wav"), "\(single)")
    }

    @Test func aFoldTrainsAutoencoderAndNetworkTheSameForAnyNumberOfThreads() throws {
        var evaluation = Evaluation(recipe: recipe(), corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
        evaluation.workers = Workers(threads: 1)
        let one = try evaluation.run().figures.confusion
        evaluation.workers = Workers(threads: 3)
        #expect(try evaluation.run().figures.confusion == one)
    }

    /// All windows of a perceptron learn tones of three pitches.
    @Test func aPerceptronLearns() throws {
        var recipe = smallRecipe(epochs: 12)
        recipe.network = [.context(ContextRecipe(left: 2, right: 2)), .sigmoid(units: 16)]
        for loss in FrameLoss.Kind.allCases {
            recipe.training.loss = loss
            let evaluation = Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
            #expect(try #require(evaluation.run().figures.wa) > 0.8)
        }
    }
}
