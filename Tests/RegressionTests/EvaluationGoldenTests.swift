import Foundation
import Stimmung
import StimmungEvaluation
import StimmungSupport
import Testing

/// The figures of a small evaluation, in the form of `stimmung evaluate --json`.
struct EvaluationGoldenTests {
    @Test func figures() throws {
        let speech = try SpeechCorpus()
        let recipe = try Recipe(
            parsing: "name: small\nnetwork: [{lstm: 8}]\ntraining: {epochs: 6, batch: 6, crop: 0.3, learningRate: 0.02}", file: "small")
        var evaluation = Evaluation(recipe: recipe, corpus: speech.corpus, evaluationProtocol: .leaveOneSpeakerOut)
        evaluation.seeds = [5, 6]
        evaluation.conditions = try ["noise=10"].map { try RecordingCopy(parsing: $0) }
        let run = try withExtendedLifetime(speech) { try evaluation.run() }
        let result = run.figures

        // The wall time is the only figure that differs between runs.
        let lines = result.json.split(separator: "\n")
        let timeless = lines.filter { !$0.contains(#""seconds""#) }
        #expect(timeless.count == lines.count - 1)
        // An item of its own.
        let first = try #require(timeless.firstIndex(of: #"  "risk_coverage" : {"#))
        let last = try #require(timeless[first...].firstIndex(of: "  },"))
        let (kept, curve) = (timeless[..<first] + timeless[(last + 1)...], timeless[first...last])
        var measured = Measurement(versions: try Versions.ofTraining())
        measured.add(
            "evaluation.json", checksum: ContentHash(kept.joined(separator: "\n")).text,
            values: ([
                result.wa, result.uar, result.macroF1, result.frameAccuracy, result.logLoss, result.brier, result.calibrationError,
                result.waInterval?.lower, result.waInterval?.upper, result.uarInterval?.lower, result.uarInterval?.upper,
            ] + result.conditions.flatMap { [$0.wa, $0.uar] }).map { $0 ?? -1 })
        let rejection = try #require(result.riskCoverage)
        measured.add(
            "risk-coverage", checksum: ContentHash(curve.joined(separator: "\n")).text,
            values: [rejection.area, rejection.accuracyAt80, rejection.accuracyAt50])
        let probabilities = run.predictions.flatMap(\.probabilities)
        measured.add(
            "probabilities", checksum: ContentHash(probabilities.map { "\($0)" }.joined(separator: " ")).text,
            values: probabilities.count > 6 ? Array(probabilities[..<6]) : probabilities)
        try Golden.verify(
            "evaluation", measured, tolerance: .init(absolute: 1e-2),
            raise: "\(Versions.features) if features changed, otherwise \(Versions.trainer)")
    }
}
