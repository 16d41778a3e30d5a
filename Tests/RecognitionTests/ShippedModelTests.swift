import Corpora
import Foundation
import Recognition
import TestSupport
import Testing

@Suite struct ShippedModelTests {
    @Test func theModelIsOfTheShippedRecipe() throws {
        let model = try Model.shipped()
        #expect(try model.recipe == Recipe(named: "functionals-ensemble"))
        #expect(model.labels.labels == ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"])
        #expect(model.card.corpus == "EmoDB" && model.card.utterances == 535)
    }

    /// On voices that it has learnt from: no figure of merit, only a sign that file, features and network belong together.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["STIMMUNG_DATA"] != nil, "needs a corpus: set STIMMUNG_DATA"))
    func itKnowsWhatItHasLearnt() throws {
        let corpus = try Corpus.open(path: (ProcessInfo.processInfo.environment["STIMMUNG_DATA"] ?? "") + "/emodb")
        let recogniser = Recogniser(try Model.shipped())
        let some = stride(from: 0, to: corpus.utterances.count, by: 12).map { corpus.utterances[$0] }
        let right = try some.filter { try recogniser.predict(path: $0.file).label == $0.emotion }.count
        #expect(Double(right) > 0.9 * Double(some.count), "\(right) of \(some.count)")
    }
}
