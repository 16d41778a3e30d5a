import Foundation
import Stimmung
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

/// Whatever training writes is read, and predicts what the model in memory does, however little the corpus has to tell.
struct DegenerateCorpusTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Recordings of tones, a row for each: frequency, speaker, class.
    private func corpus(_ rows: [(Float, String, String)]) throws -> Corpus {
        let utterances = try rows.enumerated().map { number, row in
            Utterance(file: try folder.tone("\(number).wav", seconds: 0.6, frequency: row.0), speaker: row.1, emotion: row.2)
        }
        return Corpus(name: "few", root: folder.path, utterances: utterances)
    }

    static let corpora: [[(Float, String, String)]] = [
        // Two recordings, of one speaker and of two.
        [(300, "a", "anger"), (600, "a", "fear")], [(300, "a", "anger"), (600, "b", "fear")],
        // All recordings are equal, so every column of functionals is constant.
        [(440, "a", "anger"), (440, "a", "fear"), (440, "b", "anger"), (440, "b", "fear")],
        // A class of one recording.
        [(300, "a", "anger"), (310, "a", "anger"), (320, "b", "anger"), (600, "b", "fear")],
    ]

    static let recipes = ["functionals-mlp", "functionals-ensemble", "lstm", "rectifier-lstm", "mlp"]

    private func check(_ recipe: Recipe, _ corpus: Corpus) throws {
        let model = try ModelTraining(recipe: recipe, corpus: corpus).run()
        let path = folder.file("\(recipe.name).safetensors")
        try model.write(path: path)
        let read = try Model(contentsOf: path)
        #expect(read == model)
        let file = corpus.utterances[1].file
        let predictions = try [model, read].map { try Recogniser($0).predict(path: file) }
        #expect(predictions[0] == predictions[1] && predictions[0].probabilities.allSatisfy { $0.probability.isFinite })
    }

    @Test(arguments: corpora.indices, recipes) func aModelOfFewRecordingsIsRead(number: Int, name: String) throws {
        var recipe = try Recipe(named: name)
        recipe.training.epochs = 1
        recipe.training.crop = min(recipe.training.crop, 0.3)
        recipe.ensemble = min(recipe.ensemble, 2)
        try check(recipe, corpus(Self.corpora[number]))
    }

    @Test(arguments: ["none", "utterance"]) func otherNormalisationsAreReadToo(normalisation: String) throws {
        let yaml = "name: small\nnormalisation: \(normalisation)\nnetwork: [{lstm: 4}]\ntraining: {epochs: 1, crop: 0.3}\n"
        try check(Recipe(parsing: yaml, file: "small.yaml"), corpus(Self.corpora[2]))
    }

    @Test(arguments: corpora.indices) func machinesOfFewRecordingsAreRead(number: Int) throws {
        var recipe = smallRecipe(epochs: 1)
        recipe.pretraining = try Recipe(named: "crbm-lstm").pretraining
        recipe.pretraining?.machines = [.init(hidden: 6, order: 2)]
        recipe.pretraining?.epochs = 2
        let corpus = try corpus(Self.corpora[number])
        let machines = try Pretraining(recipe: recipe, corpora: [corpus]).run()
        let path = folder.file("machines.safetensors")
        try machines.write(path: path)
        #expect(try PretrainedMachines(path: path) == machines)
        try check(recipe, corpus)
    }

    @Test func oneClassIsRefusedBeforeTraining() throws {
        let corpus = try corpus([(300, "a", "anger"), (310, "b", "anger")])
        #expect(throws: CorpusError.self) { try ModelTraining(recipe: smallRecipe(), corpus: corpus).run() }
    }

    /// A model that could not be read is not written.
    @Test func anUnusableModelIsNotWritten() throws {
        var model = try ModelTraining(recipe: smallRecipe(epochs: 1), corpus: corpus(Self.corpora[0])).run()
        model.temperature = 1000
        let path = folder.file("m.safetensors")
        let error = try #require(throws: ModelError.self) { try model.write(path: path) }
        #expect("\(error)".contains("temperature") && !folder.exists("m.safetensors") && folder.isClean)
    }
}
