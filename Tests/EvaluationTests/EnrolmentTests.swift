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

    /// No recording is judged by a system that has heard it.
    @Test func halvesAreApart() {
        let trial = Enrolment.Trial(count: 0, draw: 1, seed: 3, adaptsToSource: true)
        let halves = Enrolment.source().halves(of: Array(10..<21), trial)
        #expect(halves.first.count == 5 && (halves.first + halves.second).sorted() == Array(10..<21))
        #expect(Enrolment.source().halves(of: [4], trial).first.isEmpty)
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
