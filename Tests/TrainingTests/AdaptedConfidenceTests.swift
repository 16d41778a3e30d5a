import Foundation
import Stimmung
import StimmungCorpora
import StimmungTestSupport
import StimmungTraining
import Testing

/// The confidence of adapted models.
struct AdaptedConfidenceTests {
    private let model: Model

    init() throws {
        let folder = try TemporaryFolder()
        var recipe = smallRecipe(epochs: 1)
        recipe.calibration = 2
        var model = try ModelTraining(recipe: recipe, corpus: toneCorpus(in: folder, speakers: ["a", "b"])).run()
        model.temperature = 1.2
        self.model = model
    }

    /// Decisions of which half are right, or all; `certainty` is the probability of the decided class.
    private func judged(_ count: Int, certainty: Double, areRight: Bool = false) -> [AdaptedConfidence.Judged] {
        (0..<count).map { number in
            let rest = (1 - certainty) / 2
            return AdaptedConfidence.Judged(probabilities: [certainty, rest, rest], label: areRight ? 0 : number % 2, distance: 1)
        }
    }

    @Test func withoutRecordingsItStays() {
        let confidence = AdaptedConfidence(of: model, fittedTo: [])
        #expect(confidence.temperature == model.temperature && confidence.familiarity == nil && confidence.voiceTemperature == nil)
    }

    /// The more recordings, the nearer to what fits them alone.
    @Test func recordingsCountByTheirNumber() {
        let alone = Calibration.temperature(of: judged(10, certainty: 0.99).map { ($0.probabilities, $0.label, 1) })
        #expect(alone > 2 * model.temperature)
        let fitted = [10, 100, 10_000].map { AdaptedConfidence(of: model, fittedTo: judged($0, certainty: 0.99)).temperature }
        #expect(model.temperature < fitted[0] && fitted[0] < fitted[1] && fitted[1] < fitted[2] && fitted[2] < alone, "\(fitted)")
        #expect(fitted[2] > 0.98 * alone)
    }

    /// Recordings that are all recognised tell that the model is good, not that it is certain of everything.
    @Test func anEasyCorpusDoesNotMakeTheModelCertainOfEverything() {
        let judged = judged(20, certainty: 0.9, areRight: true)
        #expect(Calibration.temperature(of: judged.map { ($0.probabilities, $0.label, 1) }) == Calibration.allowed.lowerBound)
        let temperature = AdaptedConfidence(of: model, fittedTo: judged).temperature
        #expect(temperature < model.temperature && temperature > model.temperature / 2.2, "\(temperature)")
        let many = AdaptedConfidence(of: model, fittedTo: self.judged(2000, certainty: 0.9, areRight: true)).temperature
        #expect(many < temperature)
    }

    @Test func anUncalibratedModelStaysSo() throws {
        var plain = model
        plain.recipe.calibration = 0
        #expect(AdaptedConfidence(of: plain, fittedTo: judged(50, certainty: 0.99)).temperature == model.temperature)
    }

    @Test func familiarityMovesTowardsTheRecordings() throws {
        var measuring = model
        measuring.familiarity = Familiarity(distances: [1, 1.1, 1.2], growth: 3)
        let far = (0..<20).map {
            AdaptedConfidence.Judged(probabilities: [0.6, 0.2, 0.2], label: 0, distance: 4 + 0.1 * Double($0))
        }
        let old = try #require(measuring.familiarity)
        let new = try #require(AdaptedConfidence(of: measuring, fittedTo: far).familiarity)
        let own = Familiarity(distances: far.map(\.distance), growth: 3)
        // 20 of 20 + 20.
        #expect(abs(new.center - (old.center + own.center) / 2) < 1e-9 && abs(new.spread - (old.spread + own.spread) / 2) < 1e-9)
        #expect(new.growth == 3 && new.value(at: 2) >= old.value(at: 2))
    }
}
