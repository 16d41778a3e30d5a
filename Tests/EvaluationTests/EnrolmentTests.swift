import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungSupport
import StimmungTestSupport
import Testing

/// Figures with known voices.
struct EnrolmentTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func evaluation(_ enrolment: Enrolment?, voices: Bool = false) throws -> Evaluation {
        var recipe = smallRecipe(epochs: 2)
        recipe.voiceNetworks = voices
        var evaluation = Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: try .init(parsing: "loso"))
        evaluation.enrolment = enrolment
        return evaluation
    }

    /// All figures but the time they took.
    private func json(_ figures: EvaluationFigures) throws -> NSDictionary {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(figures.json.utf8)) as? [String: Any])
        return object.filter { $0.key != "seconds" } as NSDictionary
    }

    /// Without recordings the figures are those of any voice; the other figures do not change.
    @Test func noRecordingIsNoVoice() throws {
        let plain = try evaluation(nil).run().figures
        let figures = try evaluation(Enrolment(recordings: [0, 2], draws: 3), voices: true).run().figures
        let results = try #require(figures.enrolment)
        #expect(plain.enrolment == nil && figures.wa == plain.wa && figures.confusion == plain.confusion)
        #expect(results.map(\.recordings) == [0, 2] && results[0].wa == plain.wa && results[0].uar == plain.uar)
        #expect(results[0].calibrationError == figures.calibrationError && results[1].calibrationError != nil)
        #expect(figures.report.contains("unlabelled recordings enrolled of each test speaker; the others are judged:"))
    }

    @Test func figuresAreTheSameForAnyNumberOfThreadsAndFromAJournal() throws {
        let results = try [1, 2].map { threads in
            var evaluation = try evaluation(Enrolment(recordings: [1, 4], draws: 2, label: "anger"), voices: true)
            evaluation.workers = Workers(threads: threads)
            evaluation.journal = folder.file("j\(threads)")
            return try (json(evaluation.run().figures), evaluation)
        }
        #expect(results[0].0 == results[1].0)
        let again = try results[1].1.run().figures
        #expect(again.resumedFolds == 4 && again.enrolledLabel == "anger")
        #expect(try #require(json(again)["enrolment"] as? NSArray) == results[1].0["enrolment"] as? NSArray)
        // Other draws are another evaluation.
        var other = results[1].1
        other.enrolment?.draws = 3
        #expect(throws: JournalError.self) { try other.run() }
    }

    /// The halves of the test recordings judge each other; the figures without adaptation do not change.
    @Test func adaptationToASourceIsTested() throws {
        let plain = try evaluation(Enrolment(recordings: [0, 1], draws: 2), voices: true).run().figures
        var adapting = Enrolment(recordings: [0, 1], draws: 2)
        adapting.adaptsToSource = true
        let results = try [1, 2].map { threads in
            var evaluation = try evaluation(adapting, voices: true)
            evaluation.workers = Workers(threads: threads)
            return try evaluation.run()
        }
        let figures = results[0].figures
        #expect(try json(figures) == json(results[1].figures))
        #expect(figures.enrolment == plain.enrolment && plain.adaptation == nil && figures.adaptation?.map(\.recordings) == [0, 1])
        // The mean of the features moved.
        #expect(figures.adaptation?.first?.calibrationError != figures.enrolment?.first?.calibrationError)
        #expect(
            figures.report.contains("adapted to one half of the test recordings, without labels; the other half is judged:\n  0  WA"))
        #expect(try evaluation(.source(draws: 2)).run().figures.adaptation?.count == 1)
    }

    private func trial(seed: UInt64) -> Enrolment.Trial { Enrolment.Trial(count: 0, draw: 0, seed: seed, adaptsToSource: true) }

    @Test func halvesJudgeEachOther() {
        let sources = Enrolment.source().sources(in: Array(10..<21), trial(seed: 3)) { $0 != 12 }
        #expect(sources.flatMap(\.judged).sorted() == Array(10..<21) && sources.map(\.judged.count) == [6, 5])
        for source in sources { #expect(Set(source.heard).isDisjoint(with: source.judged)) }
        #expect(sources.flatMap(\.heard).sorted() == (10..<21).filter { $0 != 12 })
        #expect(Enrolment.source().sources(in: [4], trial(seed: 3)).map(\.heard) == [[], [4]])
    }

    /// A recording that is heard changes what is said of the recordings that hear it, and of no others.
    @Test func noRecordingIsJudgedByASystemThatHasHeardIt() throws {
        func probabilities() throws -> [Int: [Double]] {
            var evaluation = try evaluation(.source(draws: 1))
            evaluation.evaluationProtocol = try .init(parsing: "speaker-folds=2")
            evaluation.journal = folder.file("journal")
            defer { try? FileManager.default.removeItem(atPath: folder.file("journal")) }
            _ = try evaluation.run()
            let folds = try String(decoding: folder.bytes("journal"), as: UTF8.self).split(separator: "\n").dropFirst().map { line in
                let entry = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let trials = try #require((entry["test"] as? [String: Any])?["enrolled"] as? [[[String: Any]]])
                return try Dictionary(
                    uniqueKeysWithValues: trials[1].map { outcome in
                        try (#require(outcome["utterance"] as? Int), #require(outcome["probabilities"] as? [Double]))
                    })
            }
            return try #require(folds.first { $0[0] != nil })
        }
        let before = try probabilities()
        let tested = before.keys.sorted()
        let other = tested[3]
        _ = try folder.tone(URL(filePath: corpus.utterances[other].file).lastPathComponent, seconds: 0.5, frequency: 2345)
        let after = try probabilities()
        let hearing = try #require(Enrolment.source().sources(in: tested, trial(seed: 0)).first { $0.heard.contains(other) }).judged
        #expect(hearing.count == 6 && tested.count == 12)
        #expect(tested.filter { before[$0] != after[$0] } == (hearing + [other]).sorted())
    }

    @Test(arguments: [
        (Enrolment(recordings: []), "enrolment.option"), (Enrolment(recordings: [2, 2]), "enrolment.option"),
        (Enrolment(recordings: [-1]), "enrolment.option"),
        (Enrolment(recordings: [1001]), "enrolment.option"), (Enrolment(recordings: [2], draws: 0), "enrolment.option"),
        (Enrolment(recordings: [2], draws: 1, label: "joy"), "enrolment.option"),
    ])
    func wrongOptionsAreRefused(enrolment: Enrolment, code: String) throws {
        var evaluation = try evaluation(enrolment)
        evaluation.classes = corpus.labels
        do {
            _ = try evaluation.run()
            Issue.record("\(enrolment) was accepted")
        } catch let error as EnrolmentError { #expect(error.code == code, "\(error)") }
    }

    @Test func recipesWithoutTrainingStatisticsCannotUseVoices() throws {
        var evaluation = try evaluation(Enrolment(recordings: [2]))
        evaluation.recipe.normalisation = .speaker
        #expect(throws: EnrolmentError.notUsable(recipe: "small", normalisation: "speaker")) { try evaluation.run() }
    }
}
