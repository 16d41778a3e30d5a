import StimmungAudio
import StimmungSupport

/// Predictions as JSON: `{"file", "duration", "label", "confidence", "probabilities": {label: p}, "familiarity", "segments": […], "warnings": […]}`, keys in this
/// order, classes in theirs. Without speech, label, confidence, probabilities and familiarity are `null`. Where every channel is a recording of its own, `"channel"` follows `"file"`.
package enum PredictionJSON {
    /// One outcome, on one line. A failure is `{"file", "error"}`.
    package static func object(_ outcome: PredictionOutcome, segments: Bool) -> String {
        var members = ["\"file\": \(outcome.file.jsonQuoted)"]
        if let channel = outcome.channel { members.append("\"channel\": \(channel)") }
        switch outcome {
        case .success(let prediction):
            members += [
                "\"duration\": \(number(prediction.duration))",
                result(prediction.label, prediction.confidence, prediction.probabilities, prediction.familiarity),
            ]
            if segments { members.append("\"segments\": [\(prediction.timeline.map(segment).joined(separator: ", "))]") }
            members.append("\"warnings\": [\(prediction.warnings.map(warning).joined(separator: ", "))]")
        case .failure(let failure):
            members.append("\"error\": \(failure.description.jsonQuoted)")
        }
        return "{\(members.joined(separator: ", "))}"
    }

    /// `{"start", "end", "label", "confidence", "probabilities", "familiarity"}`, on one line.
    package static func segment(_ segment: Prediction.Segment) -> String {
        let result = result(segment.label, segment.confidence, segment.probabilities, segment.familiarity)
        return "{\"start\": \(number(segment.start)), \"end\": \(number(segment.end)), \(result)}"
    }

    private static func warning(_ warning: RecordingWarning) -> String {
        "{\"code\": \(warning.code.jsonQuoted), \"message\": \(warning.message.jsonQuoted)}"
    }

    static func result(_ label: String?, _ confidence: Double?, _ probabilities: [ClassProbability], _ familiarity: Double?) -> String {
        guard let label else { return "\"label\": null, \"confidence\": null, \"probabilities\": null, \"familiarity\": null" }
        let classes = probabilities.map { "\($0.label.jsonQuoted): \(number($0.probability))" }.joined(separator: ", ")
        return
            "\"label\": \(label.jsonQuoted), \"confidence\": \(confidence.map(number) ?? "null"), \"probabilities\": {\(classes)}, "
            + "\"familiarity\": \(familiarity.map(number) ?? "null")"
    }

    /// `null` for what is not finite, which JSON cannot express.
    private static func number(_ value: Double) -> String {
        Decimal6.text(value) ?? "null"
    }
}
