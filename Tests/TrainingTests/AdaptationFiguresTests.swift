import Foundation
import StimmungEvaluation
import Testing

/// Held-out figures as values.
struct AdaptationFiguresTests {
    private func figures(_ outcomes: [(Int, Int, Int)]) -> AdaptationFigures {
        AdaptationFigures(
            of: outcomes.map { AdaptationFigures.Outcome(truth: $0.0, before: $0.1, after: $0.2) }, classes: ["a", "b", "c", "d"], known: 3,
            AdaptationFigures.Data(
                corpus: "mine", speakers: 2, folds: 2, leavesSpeakersOut: true,
                strengths: AdaptationFigures.Strengths(ofFolds: [3, 0.3], ofAll: 30)))
    }

    @Test func theyCountWhatIsRecognised() throws {
        let figures = figures([(0, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (3, 0, 3)])
        #expect(figures.before.wa == 0.5 && figures.before.uar == (0.5 + 1 + 0) / 3)
        // Without the new class d.
        #expect(figures.before.knownUAR == 0.75 && figures.after.knownUAR == 0.875)
        #expect(figures.after.wa == 5.0 / 6 && figures.after.uar == (0.75 + 1 + 1) / 3)
        #expect(figures.onlyBefore == 1 && figures.onlyAfter == 2 && figures.pValue == 1, "of the old classes")
        #expect(figures.newClasses == ["d"] && figures.missingClasses == ["c"] && figures.isImprovement && figures.warning == nil)
        #expect(try #require(figures.after.uarInterval).contains(figures.after.uar ?? -1))
        let report = figures.report
        #expect(
            report.contains("83.3 %") && report.contains("UAR without new classes           5") && report.contains("New classes: d.")
                && report.contains("without recordings: c."))
        #expect(report.contains("Strength of the old weights: 30 (in the folds 0.3, 3)."), "\(report)")
        #expect(!report.contains("\nc "), "no line for a class without recordings: \(report)")
        #expect(try JSONDecoder().decode(AdaptationFigures.self, from: Data(figures.json.utf8)) == figures)
    }

    @Test func aFallIsReported() throws {
        let warning = try #require(figures([(0, 0, 1), (1, 1, 1)]).warning)
        #expect(warning.contains("fell from 100.0 % to 50.0 %, which may be chance (p = 1.000)."), "\(warning)")
        #expect(warning.contains("for other speakers"), "\(warning)")
        let many = figures((0..<40).map { ($0 % 2, $0 % 2, 1) })
        #expect(many.warning?.contains("which is unlikely to be chance (p < 0.001)") == true, "\(many.report)")
        #expect(figures([(0, 0, 0), (1, 1, 1)]).warning?.contains("did not rise") == true)
    }

    /// A new class is never recognised before, so that the UAR of all classes may rise while the others fall.
    @Test func newClassesDoNotHideAFall() throws {
        let figures = figures([(0, 0, 0), (1, 1, 0), (3, 0, 3)])
        #expect(try #require(figures.after.uar) == 2.0 / 3 && figures.before.uar == 2.0 / 3)
        #expect(try #require(figures.warning).contains("UAR without new classes fell from 100.0 % to 50.0 %"))
    }

    /// What the removal of classes does is not counted as what training does.
    @Test func removedClassesAreToldApart() throws {
        let outcomes = [(0, 2, 0), (0, 0, 0), (1, 1, 1), (1, 2, 1)]
        let figures = AdaptationFigures(
            of: outcomes.map { AdaptationFigures.Outcome(truth: $0.0, before: $0.1, beforeWithoutMissing: $0.0, after: $0.2) },
            classes: ["a", "b", "c"], known: 3,
            AdaptationFigures.Data(
                corpus: "mine", speakers: 2, folds: 2, leavesSpeakersOut: true,
                strengths: AdaptationFigures.Strengths(ofFolds: [3, 0.3], ofAll: 30)))
        #expect(figures.before.uar == 0.5 && figures.beforeWithoutMissing?.uar == 1 && figures.after.uar == 1)
        #expect(!figures.isImprovement && figures.warning?.contains("did not rise from 100.0 %") == true)
        #expect(figures.onlyAfter == 0 && figures.pValue == 1, "the removal alone does this: \(figures.report)")
        #expect(figures.report.contains("before  without the missing classes") && figures.report.contains("Removed classes: c."))
        #expect(try JSONDecoder().decode(AdaptationFigures.self, from: Data(figures.json.utf8)) == figures)
    }
}
