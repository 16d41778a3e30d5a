import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Synchronization
import Testing

/// What an evaluation reports about its data, and how its intervals and counts relate to several seeds.
struct FindingsTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func evaluation(_ text: String, of corpus: Corpus? = nil) throws -> Evaluation {
        Evaluation(recipe: smallRecipe(epochs: 1), corpus: corpus ?? self.corpus, evaluationProtocol: try .init(parsing: text))
    }

    /// The corpus without some utterances.
    private func corpus(without isLeftOut: (Utterance) -> Bool) -> Corpus {
        Corpus(name: corpus.name, root: corpus.root, utterances: corpus.utterances.filter { !isLeftOut($0) })
    }

    private func code(_ warnings: [CorpusWarning], _ code: String) -> [CorpusWarning] { warnings.filter { $0.code == code } }

    @Test func aClassThatAFoldTestsAndNeverTrainedIsReported() throws {
        let corpus = corpus { $0.emotion == "sadness" && $0.speaker != "b" }
        var evaluation = try evaluation("loso", of: corpus)
        evaluation.seeds = [1, 2]
        let told = Mutex<[CorpusWarning]>([])
        evaluation.onWarning = { warning in told.withLock { $0.append(warning) } }
        let figures = try evaluation.run().figures
        #expect(figures.untrained.map(\.fold) == ["b", "b"] && figures.untrained.map(\.seed) == [1, 2])
        #expect(figures.untrained.allSatisfy { $0.label == "sadness" && $0.utterances == 2 })
        let warning = try #require(code(figures.warnings, "evaluation.untrained-classes").first)
        #expect(warning.message.contains("sadness in fold b (2)") && told.withLock { $0.contains(warning) }, "\(warning)")
        // The untrained class counts in the one and not in the other.
        let (uar, trained) = (try #require(figures.uar), try #require(figures.uarOfTrained))
        #expect(
            abs(3 * uar - (2 * trained + (figures.recall["sadness"] ?? -1))) < 1e-12
                && figures.report.contains("of classes that the fold trained"))
        let all = try self.evaluation("loso").run().figures
        #expect(all.untrained.isEmpty && all.uarOfTrained == nil && !all.report.contains("fold trained") && all.warnings.isEmpty)
    }

    /// Holding out the only speakers of a class leaves it untrained too.
    @Test func aClassOfHeldOutSpeakersIsUntrained() throws {
        let corpus = corpus { $0.emotion == "sadness" && !["a", "d"].contains($0.speaker) }
        var evaluation = try evaluation("test=d", of: corpus)
        evaluation.recipe.training.heldOutSpeakers = 2
        evaluation.seeds = Array(0..<6)
        let figures = try evaluation.run().figures
        // Two of three training speakers are held out: with some seeds a is one of them.
        #expect((1..<6).contains(figures.untrained.count), "\(figures.untrained)")
        #expect(figures.untrained.allSatisfy { $0.fold == "d" && $0.label == "sadness" && $0.utterances == 2 })
    }

    @Test func labelsThatOneCorpusLacksAreListed() throws {
        let other = try TemporaryFolder()
        let second = try toneCorpus(in: other, speakers: ["x", "y"], emotions: ["anger", "neutral", "joy"], each: 1)
        try Manifest.write(second, to: other.file("second.csv"))
        let figures = try evaluation("cross=\(other.file("second.csv"))").run().figures
        #expect(figures.leftOut.map(\.label) == ["sadness", "happiness"] && figures.leftOut.map(\.utterances) == [8, 2])
        #expect(figures.report.contains("left out of tones: sadness 8") && figures.report.contains("left out of second: happiness 2"))
        #expect(code(figures.warnings, "corpora.left-out-labels").count == 1)
        #expect(try JSONDecoder().decode(EvaluationFigures.self, from: Data(figures.json.utf8)) == figures)
    }

    @Test func countsOverSeveralSeedsAreNamed() throws {
        var evaluation = try evaluation("test=a")
        let one = try evaluation.run().figures
        evaluation.seeds = [0, 1, 2]
        let three = try evaluation.run().figures
        #expect(one.confusionSeeds == 1 && !one.report.contains("counts over"))
        #expect(three.confusionSeeds == 3 && three.report.contains("counts over 3 seeds\n") && three.utterances == 6)
        #expect(three.json.contains("\"confusion_seeds\" : 3") && three.confusionMatrix.total == 18)
    }

    /// Many classes of one or two utterances, two seeds: each hit of one seed counts half.
    @Test(arguments: 0..<4) func intervalsContainTheirValues(seed: UInt64) throws {
        var utterances: [Utterance] = []
        for number in 0..<14 {
            let file = try folder.tone("many-\(number).wav", seconds: 0.3, frequency: 200 + 40 * Float(number))
            utterances.append(Utterance(file: file, speaker: "a", emotion: "class\(number * 2 / 3)"))
        }
        var evaluation = try evaluation("random-folds=2", of: Corpus(name: "many", root: folder.path, utterances: utterances))
        evaluation.recipe.training.epochs = 4
        evaluation.seeds = [seed, seed + 10, seed + 20]
        let figures = try evaluation.run().figures
        #expect(try #require(figures.waInterval).contains(try #require(figures.wa)))
        #expect(try #require(figures.uarInterval).contains(try #require(figures.uar)))
    }

    /// Of two utterances per class, one is right with one of two seeds: a recall of a quarter each.
    @Test func halfHitsAreNotRounded() {
        var random = RandomSource(seed: 5)
        for _ in 0..<500 {
            let classes = 1 + random.index(below: 40)
            let recalls = (0..<classes).map { _ in
                let count = 1 + random.index(below: 3)
                return (successes: Double(random.index(below: 6 * count + 1)) / 6, of: Double(count))
            }
            let value = recalls.reduce(0) { $0 + $1.successes / $1.of } / Double(classes)
            let interval = Interval.uar(recalls: recalls)
            #expect(interval.contains(value) && interval.lower >= 0 && interval.upper <= 1 + 1e-15)
        }
    }

    /// One of several evaluations that start on one new journal at the same time works; the others do not touch it.
    @Test func oneEvaluationAtATimeHasAJournal() throws {
        var evaluation = try evaluation("test=a")
        evaluation.journal = folder.file("j")
        evaluation.workers = Workers(threads: 1)
        let refused = Mutex(0)
        let others = 5
        let shared = evaluation
        let results = Workers(threads: others + 1).map(others + 1) { _ in
            Result {
                try shared.run { step in
                    // The one that works goes on when all others have been refused.
                    guard step.stage == .training else { return }
                    for _ in 0..<10_000 where refused.withLock({ $0 }) < others { usleep(1000) }
                }
            }.mapError { error in
                refused.withLock { $0 += 1 }
                return error
            }
        }
        let errors = results.compactMap { if case .failure(let error) = $0 { error as? JournalError } else { nil } }
        #expect(errors == Array(repeating: .inUse(file: folder.file("j")), count: others), "\(results)")
        #expect(try evaluation.run().figures.resumedFolds == 1)
    }

    @Test func aFolderIsNotAJournal() throws {
        var evaluation = try evaluation("test=a")
        evaluation.journal = folder.path
        let error = try #require(throws: JournalError.self) { try evaluation.run() }
        #expect("\(error)".contains(folder.path) && "\(error)".contains("directory"), "\(error)")
    }
}

/// Statistics of speakers with few recordings.
struct SmallSpeakerTests {
    /// One row per recording, as with functionals.
    private func corpus(_ counts: [(String, Int)]) -> (Corpus, [Matrix]) {
        var random = RandomSource(seed: 3)
        var utterances: [Utterance] = []
        var rows: [Matrix] = []
        for (speaker, count) in counts {
            for number in 0..<count {
                utterances.append(Utterance(file: "\(speaker)-\(1000 + number).wav", speaker: speaker, emotion: "anger"))
                rows.append(Matrix(rows: 1, columns: 3, elements: (0..<3).map { _ in 5 + 2 * random.normal() }))
            }
        }
        return (Corpus(name: "rows", root: "", utterances: utterances), rows)
    }

    private func normalised(_ counts: [(String, Int)], training: Range<Int>) throws -> (own: [Matrix], raw: [Matrix]) {
        let (corpus, rows) = corpus(counts)
        let features = CorpusFeatures(recordings: rows, of: corpus)
        return (try features.normalised(.speaker, training: Array(training)).recordings.map { try $0.frames() }, rows)
    }

    /// A single recording is compared with the training data: less its own mean it would be zero.
    @Test func aSingleRecordingKeepsItsFeatures() throws {
        let (own, raw) = try normalised([("a", 30), ("b", 1), ("c", 1)], training: 0..<30)
        #expect(own[30] != own[31] && own[30].elements.allSatisfy { $0 != 0 })
        var statistics = FeatureStatistics(width: 3)
        for row in raw[..<30] { statistics.add(row) }
        for column in 0..<3 {
            let (mean, deviation) = (statistics.mean[column], statistics.deviation[column])
            // 19/20 of the training data's mean and variance.
            let value = raw[30][0, column]
            let expected = (value - (value / 20 + mean * 19 / 20)) / (deviation * Float(0.95).squareRoot())
            #expect(abs(own[30][0, column] - expected) < 1e-4)
        }
    }

    /// Twenty recordings are enough: the features do not depend on the training data.
    @Test func twentyRecordingsHaveTheirOwnStatistics() throws {
        let (own, raw) = try normalised([("a", 20), ("b", 25)], training: 20..<45)
        var statistics = FeatureStatistics(width: 3)
        for row in raw[..<20] { statistics.add(row) }
        var expected = raw[7]
        Normaliser(statistics).apply(to: &expected)
        #expect(own[7] == expected)
        let (few, _) = try normalised([("a", 19), ("b", 25)], training: 19..<44)
        #expect(few[7] != expected)
    }

    @Test func fewRecordingsAreReported() throws {
        let folder = try TemporaryFolder()
        var evaluation = Evaluation(
            recipe: try Recipe(named: "functionals-mlp"), corpus: try toneCorpus(in: folder), evaluationProtocol: .leaveOneSpeakerOut)
        evaluation.recipe.training.epochs = 1
        evaluation.recipe.normalisation = .speaker
        let warnings = try evaluation.run().figures.warnings.filter { $0.code == "evaluation.few-recordings" }
        #expect(warnings.count == 1 && warnings[0].count == 4 && warnings[0].message.contains("a (6), b (6)"), "\(warnings)")
        evaluation.recipe.normalisation = .train
        #expect(try evaluation.run().figures.warnings.isEmpty)
    }
}
