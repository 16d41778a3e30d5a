import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

struct EvaluationTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func evaluation(_ text: String, epochs: Int = 2, of corpus: Corpus? = nil) throws -> Evaluation {
        Evaluation(recipe: smallRecipe(epochs: epochs), corpus: corpus ?? self.corpus, evaluationProtocol: try .init(parsing: text))
    }

    /// All figures but the time they took.
    private func json(_ result: EvaluationFigures) throws -> NSDictionary {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.json.utf8)) as? [String: Any])
        return object.filter { $0.key != "seconds" } as NSDictionary
    }

    @Test func figuresAreTheSameForAnyNumberOfThreads() throws {
        var evaluation = try evaluation("loso")
        evaluation.seeds = [3, 4]
        evaluation.recipe.training.heldOutSpeakers = 1
        let results = try [1, 2, 2].map { threads in
            evaluation.workers = Workers(threads: threads)
            return try evaluation.run().figures
        }
        #expect(results[0].confusion == results[1].confusion && results[0].frameAccuracy == results[1].frameAccuracy)
        #expect(results[0].folds == results[1].folds && results[0].runs == results[1].runs)
        #expect(results[1].confusion == results[2].confusion && results[1].frameAccuracy == results[2].frameAccuracy)
        #expect(try json(results[1]) == json(results[2]) && json(results[0]) == json(results[1]))
    }

    @Test func everyUtteranceIsTestedOnceForEachSeed() throws {
        var evaluation = try evaluation("loso", epochs: 1)
        evaluation.seeds = [1, 2, 3]
        let result = try evaluation.run().figures
        #expect(result.utterances == 24 && result.seeds == [1, 2, 3] && result.runs.map(\.seed) == [1, 2, 3])
        #expect(result.confusion.map { $0.reduce(0, +) } == [24, 24, 24])
        #expect(result.folds.map(\.test) == ["a", "b", "c", "d", "a", "b", "c", "d", "a", "b", "c", "d"])
        #expect(result.folds.map(\.seed) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3] && result.folds.allSatisfy { $0.utterances == 6 })
        let correct = Double((0..<3).reduce(0) { $0 + result.confusion[$1][$1] })
        let (wa, uar) = (try #require(result.wa), try #require(result.uar))
        #expect(abs(wa - correct / 72) < 1e-12)
        #expect(try abs(uar - result.runs.reduce(0) { $0 + (try #require($1.uar)) } / 3) < 1e-12)
        #expect(try #require(result.waInterval).contains(wa) && #require(result.uarInterval).contains(uar))
        #expect(!result.speakerDependent && !result.report.contains("SPEAKER-DEPENDENT"))
    }

    /// Tones are easy: a system that mixed up utterances, labels or folds would not learn them.
    @Test func whatCanBeLearntIsLearnt() throws {
        let result = try evaluation("loso", epochs: 20).run().figures
        #expect((result.wa ?? 0) > 0.9 && (result.uar ?? 0) > 0.9 && (result.frameAccuracy ?? 0) > 0.8, "\(result.report)")
    }

    /// No difference is "+0.0", whichever side of nothing it lies on.
    @Test(arguments: [(0.826, "-2.6"), (0.796, "+0.4"), (0.8, "+0.0"), (0.80004, "+0.0"), (0.79996, "+0.0")])
    func pointsOfUAR(plain: Double, text: String) throws {
        let json = #"{"condition": "telephone", "wa": 0.5, "uar": 0.8}"#
        let result = try JSONDecoder().decode(EvaluationFigures.ConditionResult.self, from: Data(json.utf8))
        #expect(result.points(above: plain) == text)
    }

    /// A fold's network is the evaluation's own, and as a model it says of a file what the fold's test said.
    @Test func theNetworkOfAFoldIsTheOneThatWasTested() throws {
        var evaluation = try evaluation("test=b,c", epochs: 3)
        evaluation.recipe.training.heldOutSpeakers = 1
        evaluation.seeds = [5]
        evaluation.conditions = [try RecordingCopy(parsing: "gain=-6")]
        let (whole, network) = (try evaluation.run(), try evaluation.network(ofFold: 0))
        #expect(
            network.run.predictions == whole.predictions && network.run.figures.conditions.isEmpty && whole.figures.conditions.count == 1)
        let recogniser = try Recogniser(network.model)
        for tested in whole.predictions.prefix(4) {
            let said = try recogniser.predict(path: tested.file).probabilities.map(\.probability)
            #expect(zip(said, tested.probabilities).allSatisfy { abs($0 - $1) < 1e-4 }, "\(said) \(tested.probabilities)")
        }
        let card = network.model.card
        #expect(card.heldOutSpeakers.count == 1 && card.speakers == 1 && card.utterances == 6 && card.validationLoss != nil)
        #expect(card.trainingLoss > 0 && (1...3).contains(card.epoch))
    }

    @Test func theReportTellsWhatRejectionGains() throws {
        let run = try evaluation("loso", epochs: 2).run()
        let curve = try #require(run.figures.riskCoverage)
        let last = try #require(curve.points.last)
        #expect(try abs(1 - last.risk - #require(run.figures.wa)) < 1e-12 && curve.points.count <= 24)
        let line =
            "answering the most confident 80 %: WA \(Percent.number(curve.accuracyAt80)) %; 50 %: WA \(Percent.number(curve.accuracyAt50)) %"
        #expect(run.figures.report.contains("(15 bins)\n\(line)\n"), "\(run.figures.report)")
        let data = Data(run.figures.json.utf8)
        #expect(try JSONDecoder().decode(EvaluationFigures.self, from: data) == run.figures)
        // Files of earlier versions have no curve.
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object.removeValue(forKey: "risk_coverage") != nil)
        let old = try JSONDecoder().decode(EvaluationFigures.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.riskCoverage == nil && !old.report.contains("most confident") && old.wa == run.figures.wa)
    }

    @Test func randomFoldsAreMarkedSpeakerDependent() throws {
        let result = try evaluation("random-folds=3", epochs: 1).run().figures
        #expect(result.speakerDependent && result.report.contains("SPEAKER-DEPENDENT") && result.folds.count == 3)
        #expect(result.json.contains("\"speaker_dependent\" : true"))
    }

    @Test func speakerNormalisationIsSaid() throws {
        var evaluation = try evaluation("speaker-folds=2", epochs: 1)
        evaluation.recipe.normalisation = .speaker
        let result = try evaluation.run().figures
        #expect(result.normalisation == .speaker && result.report.contains("unlabelled recordings of the test speaker"))
    }

    /// The labels of a test speaker choose nothing: with all of them changed, the same is recognised, epoch of early stopping included.
    @Test(arguments: Normalisation.allCases) func labelsOfTheTestSpeakerChooseNothing(normalisation: Normalisation) throws {
        let turned = Corpus(
            name: corpus.name, root: corpus.root,
            utterances: corpus.utterances.map { utterance in
                var copy = utterance
                if copy.speaker == "d" {
                    copy.emotion = ["anger": "neutral", "neutral": "sadness", "sadness": "anger"][copy.emotion] ?? copy.emotion
                }
                return copy
            })
        let results = try [corpus, turned].map { corpus in
            var evaluation = try evaluation("test=d", epochs: 6, of: corpus)
            evaluation.recipe.normalisation = normalisation
            evaluation.recipe.training.heldOutSpeakers = 1
            evaluation.recipe.training.schedule = .constant
            evaluation.recipe.training.patience = 2
            return try evaluation.run().figures
        }
        #expect(results[1].confusion == [results[0].confusion[2], results[0].confusion[0], results[0].confusion[1]])
    }

    /// Nor do the sounds of other test utterances, unless the normalisation says so: one unlike all others leaves the rest as they were.
    @Test func theSoundOfATestUtteranceChangesOnlyItself() throws {
        var odd = Tones()
        odd.add(seconds: 0.5, amplitude: 0.9, frequency: 5000)
        try odd.write(folder.file("odd.wav"))
        let changed = Corpus(
            name: corpus.name, root: corpus.root,
            utterances: corpus.utterances.map { utterance in
                var copy = utterance
                if utterance.file.hasSuffix("d-anger-0.wav") { copy.file = folder.file("odd.wav") }
                return copy
            })
        let results = try [corpus, changed].map { try evaluation("test=d", epochs: 6, of: $0).run().figures }
        #expect(Array(results[0].confusion[1...]) == Array(results[1].confusion[1...]))
        #expect(zip(results[0].confusion[0], results[1].confusion[0]).reduce(0) { $0 + abs($1.0 - $1.1) } <= 2)
    }

    @Test func heldOutSpeakersAreNeitherTrainedNorTested() throws {
        let plan = try EvaluationProtocol.leaveOneSpeakerOut.plan(for: corpus, seed: 0)
        for fold in plan.folds {
            let (train, heldOut) = try plan.corpus.holdingOutSpeakers(1, of: fold.train, seed: 5)
            func speakers(_ indices: [Int]) -> Set<String> { Set(indices.map { plan.corpus.utterances[$0].speaker }) }
            #expect(speakers(train).isDisjoint(with: speakers(heldOut)) && speakers(fold.test).isDisjoint(with: speakers(train + heldOut)))
            #expect((train + heldOut).sorted() == fold.train && speakers(heldOut).count == 1)
        }
    }

    @Test func someClassesOnly() throws {
        var evaluation = try evaluation("loso", epochs: 1)
        evaluation.classes = LabelSet(["sadness", "anger"])
        let result = try evaluation.run().figures
        #expect(result.classes == ["sadness", "anger"] && result.utterances == 16 && result.confusion.count == 2)
        evaluation.classes = LabelSet(["joy", "anger"])
        #expect(throws: CorpusError.self) { try evaluation.run() }
    }

    @Test func acrossCorpora() throws {
        let other = try TemporaryFolder()
        let second = try toneCorpus(in: other, speakers: ["x", "y"], emotions: ["anger", "neutral", "joy"], each: 1)
        try Manifest.write(second, to: other.file("second.csv"))
        let result = try evaluation("cross=\(other.file("second.csv"))", epochs: 1).run().figures
        #expect(result.classes == ["anger", "neutral"] && result.utterances == 4 && result.folds.map(\.test) == ["second"])
    }

    @Test func theJSONReadsBack() throws {
        let result = try evaluation("test=a,b", epochs: 1).run().figures
        #expect(try JSONDecoder().decode(EvaluationFigures.self, from: Data(result.json.utf8)) == result)
    }

    /// Cancelled between folds and gone on with from its journal: the same figures, and the folds that were done are not done again.
    @Test func aJournalIsGoneOnFrom() throws {
        var evaluation = try evaluation("loso")
        evaluation.seeds = [1, 2]
        let whole = try evaluation.run()
        evaluation.journal = folder.file("j")
        evaluation.workers = Workers(threads: 1)
        #expect(throws: Cancelled.self) {
            try evaluation.run { [cancellation = evaluation.cancellation] step in
                // The first epoch of the third fold; a fold has two.
                if step.stage == .training, step.completed == 5 { cancellation.cancel() }
            }
        }
        evaluation.cancellation = Cancellation()
        let resumed = try evaluation.run()
        #expect(
            resumed.figures.resumedFolds == 2 && resumed.figures.confusion == whole.figures.confusion
                && resumed.figures.folds == whole.figures.folds && resumed.figures.runs == whole.figures.runs)
        #expect(
            resumed.predictions == whole.predictions && resumed.learning == whole.learning
                && resumed.figures.logLoss == whole.figures.logLoss)
        #expect(try evaluation.run().figures.resumedFolds == 8)
        evaluation.recipe.training.learningRate *= 2
        let error = try #require(throws: JournalError.self) { try evaluation.run() }
        #expect("\(error)".contains(folder.file("j")))
    }

    /// A recording whose bytes change while its name and size stay is another recording.
    @Test func aJournalIsOfTheContentOfRecordings() throws {
        var evaluation = try evaluation("test=a", epochs: 1)
        evaluation.journal = folder.file("j")
        _ = try evaluation.run()
        #expect(try evaluation.run().figures.resumedFolds == 1)
        let file = corpus.utterances[0].file
        var data = try Data(contentsOf: URL(filePath: file))
        data[data.count - 1] ^= 1
        try data.write(to: URL(filePath: file))
        #expect(throws: JournalError.ofAnotherEvaluation(file: folder.file("j"))) { try evaluation.run() }
        try FileManager.default.removeItem(atPath: file)
        evaluation.journal = nil
        evaluation.skipShare = 0
        let error = try #require(throws: UnreadableUtterances.self) { try evaluation.run() }
        #expect(
            "\(error)".contains("1 of 24 utterances of tones cannot be used (at most 0 may be skipped):")
                && "\(error)".contains("no such file"), "\(error)")
    }

    @Test func anInterruptionStops() throws {
        let evaluation = try evaluation("loso", epochs: 1000)
        #expect(throws: Cancelled.self) {
            try evaluation.run { step in
                if step.stage == .training { evaluation.cancellation.cancel() }
            }
        }
    }

    @Test func oneSpeakerCannotBeLeftOut() throws {
        let alone = try TemporaryFolder()
        let corpus = try toneCorpus(in: alone, speakers: ["a"], each: 1)
        let error = try #require(throws: CorpusError.self) { try evaluation("loso", of: corpus).run().figures }
        #expect("\(error)".contains("1 speaker") && "\(error)".contains("random-folds"))
    }
}
