import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

struct SeveralCorporaTests {
    private let folders: [TemporaryFolder]
    private let joined: Corpus

    init() throws {
        folders = [try TemporaryFolder(), try TemporaryFolder()]
        let first = try toneCorpus(in: folders[0], speakers: ["a", "b"], emotions: ["anger", "neutral", "sadness"])
        let second = try toneCorpus(in: folders[1], speakers: ["a", "c"], emotions: ["anger", "neutral"], each: 1)
        joined = try Corpus(joining: [first, second])
    }

    @Test(arguments: [Normalisation.train, .corpus]) func modelKnowsTheUnionOfTheLabels(normalisation: Normalisation) throws {
        var recipe = smallRecipe(epochs: 12)
        recipe.normalisation = normalisation
        let models = try [1, 3].map { threads in
            var training = ModelTraining(recipe: recipe, corpus: joined)
            training.workers = Workers(threads: threads)
            return try training.run()
        }
        #expect(models[0].ensemble == models[1].ensemble)
        #expect(models[0].labels == ["anger", "neutral", "sadness"])
        #expect(models[0].card.corpus == "tones + tones (2)" && models[0].card.speakers == 4)
        #expect(models[0].normaliser != nil)
        let own = try Recogniser(models[0]).predict(path: folders[0].file("a-sadness-0.wav"))
        #expect(own.label == "sadness")
    }

    /// The sampling reaches the trainer, and so does the mask: without either, the second corpus, which lacks sadness, would be drawn as it is.
    @Test func samplingAndMaskReachTheTrainer() throws {
        var recipe = smallRecipe()
        let balanced = try ModelTraining(recipe: recipe, corpus: joined).run()
        recipe.training.sampling = .proportional
        let proportional = try ModelTraining(recipe: recipe, corpus: joined).run()
        // One corpus of the same utterances has neither.
        let single = try ModelTraining(recipe: recipe, corpus: joined.with(joined.utterances.map(\.withoutCorpus))).run()
        #expect(balanced.ensemble != proportional.ensemble)
        #expect(proportional.ensemble != single.ensemble)
    }

    @Test func eachCorpusTestsOnce() throws {
        let evaluation = Evaluation(recipe: smallRecipe(epochs: 12), corpus: joined, evaluationProtocol: .leaveOneCorpusOut)
        let figures = try evaluation.run().figures
        #expect(figures.folds.map(\.test) == ["tones", "tones (2)"])
        #expect(figures.folds.map(\.utterances) == [8, 4])
        #expect(figures.leftOut.map(\.label) == ["sadness"])
        #expect(figures.classes == ["anger", "neutral"])
        #expect(figures.report.contains("tones + tones (2)"))
    }

    /// Without the mask, no recording of the second corpus could be of a class that only the first has.
    @Test func groupsNameTheClassesThatTrain() throws {
        var recipe = smallRecipe()
        recipe.normalisation = .none
        let features = try CorpusFeatures(of: joined, by: CorpusFeatures.Extraction(recipe.features, workers: Workers()))
        let data = try TrainingData(joined, classes: joined.labels, features: features, normalisation: .none)
        let groups = data.groups(training: Array(joined.utterances.indices))
        #expect(groups["tones"]?.hasClass == [true, true, true] && groups["tones (2)"]?.hasClass == [true, true, false])
        // Where only one corpus trains, it is drawn as it is.
        #expect(data.groups(training: Array(0..<4)).isEmpty)
    }
}

extension Utterance {
    fileprivate var withoutCorpus: Utterance {
        var copy = self
        copy.corpus = nil
        return copy
    }
}
