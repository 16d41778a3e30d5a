import StimmungSupport

/// Predictions as a table: `file,label,confidence,<a column for each class>,error`; with segments `file,start,end,label,…`
/// and a row for each segment. Quoting as in RFC 4180, lines end with a line feed.
enum PredictionCSV {
    static func header(classes: [String], segments: Bool) -> String {
        CSVLine.text(["file"] + (segments ? ["start", "end"] : []) + ["label", "confidence"] + classes + ["error"])
    }

    /// The rows of one outcome. A recording whose timeline is empty has one row without times; a failure, one with only its error.
    static func rows(_ outcome: PredictionOutcome, classes: [String], segments: Bool) -> String {
        switch outcome {
        case .failure(let failure):
            return CSVLine.text([failure.file] + Array(repeating: "", count: (segments ? 4 : 2) + classes.count) + [failure.description])
        case .success(let prediction):
            guard segments, !prediction.timeline.isEmpty else {
                let times = segments ? ["", ""] : []
                let result = cells(prediction.label, prediction.confidence, prediction.probabilities, classes)
                return CSVLine.text([prediction.file] + times + result + [""])
            }
            return prediction.timeline.map { segment in
                let times = [number(segment.start), number(segment.end)]
                return CSVLine.text(
                    [prediction.file] + times + cells(segment.label, segment.confidence, segment.probabilities, classes) + [""])
            }.joined()
        }
    }

    private static func cells(_ label: String, _ confidence: Double, _ probabilities: [ClassProbability], _ classes: [String]) -> [String] {
        let columns = classes.map { name in probabilities.first { $0.label == name }.map { number($0.probability) } ?? "" }
        return [label, number(confidence)] + columns
    }

    private static func number(_ value: Double) -> String {
        Decimal6.text(value) ?? ""
    }
}
