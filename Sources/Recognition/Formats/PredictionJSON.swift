import StimmungSupport

/// Predictions as JSON: `{"file", "label", "confidence", "probabilities": {label: p}, "segments": […]}`, keys in this order, classes in theirs.
package enum PredictionJSON {
    /// One outcome, on one line. A failure is `{"file", "error"}`.
    package static func object(_ outcome: PredictionOutcome, segments: Bool) -> String {
        switch outcome {
        case .success(let prediction):
            var members = [
                "\"file\": \(prediction.file.jsonQuoted)",
                result(label: prediction.label, confidence: prediction.confidence, probabilities: prediction.probabilities),
            ]
            if segments { members.append("\"segments\": [\(prediction.timeline.map(segment).joined(separator: ", "))]") }
            return "{\(members.joined(separator: ", "))}"
        case .failure(let failure):
            return "{\"file\": \(failure.file.jsonQuoted), \"error\": \(failure.description.jsonQuoted)}"
        }
    }

    /// `{"start", "end", "label", "confidence", "probabilities"}`, on one line.
    package static func segment(_ segment: Prediction.Segment) -> String {
        let result = result(label: segment.label, confidence: segment.confidence, probabilities: segment.probabilities)
        return "{\"start\": \(number(segment.start)), \"end\": \(number(segment.end)), \(result)}"
    }

    private static func result(label: String, confidence: Double, probabilities: [ClassProbability]) -> String {
        let classes = probabilities.map { "\($0.label.jsonQuoted): \(number($0.probability))" }.joined(separator: ", ")
        return "\"label\": \(label.jsonQuoted), \"confidence\": \(number(confidence)), \"probabilities\": {\(classes)}"
    }

    /// JSON has no word for numbers that are not finite.
    private static func number(_ value: Double) -> String {
        Decimal6.text(value) ?? "null"
    }
}
