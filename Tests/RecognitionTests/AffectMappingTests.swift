import Foundation
import Stimmung
import Testing

/// Arousal and valence as a mapping of class probabilities.
struct AffectMappingTests {
    private let classes = ["anger", "neutral", "sadness"]

    private func probabilities(_ values: [Double], _ classes: [String]? = nil) -> [ClassProbability] {
        zip(classes ?? self.classes, values).map { ClassProbability(label: $0, probability: $1) }
    }

    private func prediction(_ values: [Double], _ classes: [String]? = nil) -> Prediction {
        let probabilities = probabilities(values, classes)
        return Prediction(
            file: "a.wav", label: probabilities.first?.label, confidence: values.first, probabilities: probabilities,
            segments: [
                .init(start: 0, end: 1, label: probabilities.first?.label, confidence: values.first, probabilities: probabilities),
                .init(start: 1, end: 2, label: nil, confidence: nil, probabilities: []),
            ], duration: 2)
    }

    private func text(_ prediction: Prediction, _ format: PredictionFormat, segments: Bool = false, affect: Bool = true) throws -> String {
        var writer = PredictionWriter(format: format, classes: prediction.probabilities.map(\.label), segments: segments, affect: affect)
        return try writer.begin() + writer.item(.success(prediction)) + writer.end()
    }

    /// Anger is at (1, −0.5), sadness at (−0.5, −1): 0.6 and 0.1 of them, with 0.3 of the origin.
    @Test func theMeanOfThePointsByHand() throws {
        let affect = try #require(prediction([0.6, 0.3, 0.1]).affect)
        #expect(abs(affect.arousal - 0.55) < 1e-12 && abs(affect.valence + 0.4) < 1e-12)
        for (label, point) in AffectMapping.points {
            #expect(AffectMapping.affect(of: [ClassProbability(label: label, probability: 1)]) == point)
        }
    }

    @Test func pointsAreInTheirRangeAndCoverTheBuiltInModel() throws {
        for (label, point) in AffectMapping.points {
            #expect([point.arousal, point.valence].allSatisfy { (-1...1).contains($0) && ($0 * 2).rounded() == $0 * 2 }, "\(label)")
        }
        let labels = try Model.builtIn().labels
        #expect(labels.allSatisfy { AffectMapping.points[$0] != nil }, "\(labels)")
    }

    @Test func anUnknownClassOrNoSpeechHasNone() {
        #expect(prediction([1, 0], ["anger", "loud"]).affect == nil)
        #expect(prediction([]).affect == nil && prediction([.nan, 0, 0]).affect == nil && prediction([0, 0, 0]).affect == nil)
        #expect(prediction([0.6, 0.3, 0.1]).segments?.map { $0.affect == nil } == [false, true])
    }

    @Test func everyFormatThatHoldsItWritesIt() throws {
        let known = prediction([0.6, 0.3, 0.1])
        for format in [PredictionFormat.json, .jsonl] {
            let text = try text(known, format, segments: true)
            #expect(text.contains("\"familiarity\": null, \"arousal\": 0.55, \"valence\": -0.4, \"segments\": ["), "\(text)")
            #expect(text.contains("\"arousal\": 0.55, \"valence\": -0.4}") && text.contains("\"arousal\": null, \"valence\": null}"))
            #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is NSObject)
        }
        #expect(
            try text(known, .csv, segments: true) == """
                file,start,end,label,confidence,p_anger,p_neutral,p_sadness,familiarity,arousal,valence,warnings,error
                a.wav,0,1,anger,0.6,0.6,0.3,0.1,,0.55,-0.4,,
                a.wav,1,2,,,,,,,,,,

                """)
        #expect(
            try text(known, .text, segments: true) == """
                a.wav: anger 60.0 %, then neutral 30.0 %, arousal +0.55, valence −0.40
                    00:00–00:01  anger       60.0 %  arousal +0.55  valence −0.40
                    00:01–00:02  no speech

                """)
        #expect(try text(prediction([0, 1, 0]), .text).hasSuffix(", arousal 0.00, valence 0.00\n"))
        #expect(try text(prediction([1], ["loud"]), .text) == "a.wav: loud 100.0 %, arousal –, valence –\n")
        for format in [PredictionFormat.rttm, .textgrid, .srt] {
            #expect(try text(known, format) == text(known, format, affect: false))
        }
    }

    @Test func aFailureHasEmptyCells() throws {
        struct Broken: Error {}
        var writer = PredictionWriter(format: .csv, classes: ["x"], segments: false, affect: true)
        let rows = try (writer.begin() + writer.item(.failure(PredictionFailure(file: "a", error: Broken())))).split(separator: "\n")
        #expect(Set(rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }) == [10], "\(rows)")
    }
}
