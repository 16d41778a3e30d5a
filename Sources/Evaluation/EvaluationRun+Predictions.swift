import Foundation
import StimmungSupport

extension EvaluationRun {
    /// What was said of each test utterance with each seed, as CSV:
    /// `file,start,end,speaker,fold,seed,true,predicted,<p_ and class, for each class>`.
    public var predictionsCSV: String {
        let header = ["file", "start", "end", "speaker", "fold", "seed", "true", "predicted"] + figures.classes.map { "p_" + $0 }
        let classes = figures.classes
        let rows = predictions.map { tested in
            let times = [tested.start, tested.end].map { $0.flatMap(Decimal6.text) ?? "" }
            return [tested.file] + times + [tested.speaker, tested.fold, "\(tested.seed)", classes[tested.truth], classes[tested.decided]]
                + tested.probabilities.map { Decimal6.text($0) ?? "" }
        }
        return ([header] + rows).map(CSVLine.text).joined()
    }

    /// The same as a JSON array of `{"file", "speaker", "fold", "seed", "true", "predicted", "probabilities": {class: p}}`, with `start` and `end`
    /// where an utterance is a part of its file.
    public var predictionsJSON: String {
        struct Row: Encodable {
            let file: String
            let start: Double?
            let end: Double?
            let speaker: String
            let fold: String
            let seed: UInt64
            let `true`: String
            let predicted: String
            let probabilities: [String: Double]
        }
        let classes = figures.classes
        let rows = predictions.map { tested in
            Row(
                file: tested.file, start: tested.start, end: tested.end, speaker: tested.speaker, fold: tested.fold, seed: tested.seed,
                true: classes[tested.truth], predicted: classes[tested.decided],
                probabilities: Dictionary(zip(classes, tested.probabilities), uniquingKeysWith: { first, _ in first }))
        }
        return jsonLines(rows)
    }
}
