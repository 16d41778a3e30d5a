import Foundation
import Stimmung
import StimmungBoltzmann
import StimmungEvaluation
import StimmungLaboratory
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

/// Boltzmann machines under networks: inside an evaluation's folds, in a model, and from a file of their own.
struct PretrainingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func recipe(finetunes: Bool = false) -> Recipe {
        var recipe = Recipe(name: "small-crbm", network: [.lstm(cells: 8)])
        recipe.features.deltas = 0
        var pretraining = PretrainingRecipe(machines: [.init(hidden: 12, order: 2), .init(hidden: 10, order: 1)])
        pretraining.epochs = 2
        pretraining.batch = 64
        pretraining.finetunes = finetunes
        recipe.pretraining = pretraining
        recipe.training.epochs = 3
        recipe.training.batch = 8
        return recipe
    }

    private func result(_ evaluation: Evaluation) throws -> [[Int]] { try evaluation.run().figures.confusion }

    @Test(arguments: [false, true]) func aModelStandsOnItsMachinesAndIsReadBack(finetunes: Bool) throws {
        let corpus = try toneCorpus(in: folder)
        let training = ModelTraining(recipe: recipe(finetunes: finetunes), corpus: corpus)
        let model = try training.run()
        // Two machines of three arrays each, the scale, the LSTM and the classes.
        #expect(model.ensemble.networks[0].parameters.entries.count == 2 * 3 + 2 + 4 + 2)
        let file = folder.file("model.safetensors")
        try model.write(path: file)
        let read = try Model(contentsOf: file)
        #expect(read == model)
        guard case .model(let told) = try LearntFile(path: file) else { throw Unexpected() }
        #expect(told == model)
        let recording = corpus.utterances[0].file
        #expect(try Recogniser(read).predict(path: recording) == Recogniser(model).predict(path: recording))
    }

    @Test func fineTuningMovesTheMachinesAndFreezingDoesNot() throws {
        let corpus = try toneCorpus(in: folder)
        let machines = try Pretraining(recipe: recipe(), corpora: [corpus]).run()
        let start = machines.stack.machines[0].parameters
        for finetunes in [false, true] {
            var training = ModelTraining(recipe: recipe(finetunes: finetunes), corpus: corpus)
            training.machines = machines
            let values = try training.run().ensemble.networks[0].parameters.values
            let weights = 13 * 12
            #expect((Array(values[..<weights]) == Array(start[..<weights])) != finetunes)
        }
    }

    @Test func theSameFiguresForAnyNumberOfThreads() throws {
        var evaluation = Evaluation(recipe: recipe(), corpus: try toneCorpus(in: folder), evaluationProtocol: .leaveOneSpeakerOut)
        let other = try TemporaryFolder()
        evaluation.unlabelled = [try toneCorpus(in: other, speakers: ["x"])]
        evaluation.workers = Workers(threads: 1)
        let one = try result(evaluation)
        evaluation.workers = Workers(threads: 3)
        #expect(try result(evaluation) == one)
        #expect(!other.content.isEmpty)
        #expect(one.joined().reduce(0, +) == 24)
    }

    private struct Unexpected: Error {}

    @Test func machinesAreReadBackAndCheckedAgainstTheRecipe() throws {
        let corpus = try toneCorpus(in: folder)
        let machines = try Pretraining(recipe: recipe(), corpora: [corpus, corpus]).run()
        #expect(machines.corpora == ["tones", "tones"] && machines.history.map(\.count) == [2, 2])
        #expect(machines.history[0].allSatisfy { $0.freeEnergyGap != nil })
        let file = folder.file("machines.safetensors")
        try machines.write(path: file)
        #expect(try PretrainedMachines(path: file) == machines)
        guard case .machines(let told) = try LearntFile(path: file) else { throw Unexpected() }
        #expect(told == machines)
        #expect(machines.report.contains("gaussian visible units: 13, hidden: 12"))

        var training = ModelTraining(recipe: recipe(), corpus: corpus)
        training.machines = machines
        training.recipe.pretraining?.machines[0].hidden = 13
        #expect(throws: PretrainedMachines.Misfit.otherRecipe(key: "pretraining.machines")) { try training.run() }
        training.recipe.pretraining = nil
        #expect(throws: PretrainedMachines.Misfit.noPretraining(recipe: "small-crbm")) { try training.run() }
    }

    @Test func damagedMachinesAreAnError() throws {
        let machines = try Pretraining(recipe: recipe(), corpora: [try toneCorpus(in: folder)]).run()
        let file = folder.file("machines.safetensors")
        try machines.write(path: file)
        let whole = try bytes(file)
        for count in stride(from: 0, to: whole.count, by: whole.count / 40) {
            try whole.prefix(count).write(to: URL(fileURLWithPath: file))
            let error = try #require(throws: PretrainedMachines.Misfit.self) { try PretrainedMachines(path: file) }
            #expect("\(error)".contains(file))
        }
    }

    @Test func anImpossibleRateDiverges() throws {
        var recipe = recipe()
        recipe.pretraining?.learningRate = 100
        recipe.pretraining?.epochs = 20
        let corpus = try toneCorpus(in: folder)
        #expect(throws: BoltzmannError.self) { try Pretraining(recipe: recipe, corpora: [corpus]).run() }
    }

    @Test func aStopIsHeardAndGoneOnFrom() throws {
        let corpus = try toneCorpus(in: folder)
        var pretraining = Pretraining(recipe: recipe(), corpora: [corpus])
        let whole = try pretraining.run()
        pretraining.checkpoint = folder.file("machines.checkpoint")
        let stopped = pretraining
        #expect(throws: Cancelled.self) {
            try stopped.run(progress: { step in
                if step.stage != .features { stopped.cancellation.cancel() }
            })
        }
        pretraining.cancellation = Cancellation()
        #expect(try pretraining.run(resume: true) == whole)
        pretraining.seed = 1
        #expect(throws: BoltzmannError.self) { try pretraining.run(resume: true) }
    }

    /// The corpus's tones never change: the frame before is the best prediction, and the past of no more than one frame is of use.
    @Test func predictionsAreCompared() throws {
        var comparison = PredictionComparison(
            recipe: recipe(), corpus: try toneCorpus(in: folder), evaluationProtocol: .leaveOneSpeakerOut)
        comparison.orders = [1, 2]
        let rows = try comparison.run()
        #expect(rows.map(\.order) == [1, 2])
        #expect(rows[0].persistence == rows[1].persistence)
        for row in rows { #expect(row.machine.isFinite && row.linear.isFinite && row.persistence < min(row.linear, row.machine)) }
        comparison.orders = [0]
        #expect(throws: RecipeError.self) { try comparison.run() }
    }

    @Test(arguments: ["crbm-lstm", "stacked-crbm-lstm", "rbm-mlp"]) func shippedRecipesHaveMachines(name: String) throws {
        let recipe = try Recipe(named: name)
        #expect(recipe.pretraining?.machines.isEmpty == false)
        #expect(try Recipe(parsing: recipe.yaml, file: name) == recipe)
    }
}
