import StimmungAudio
import StimmungSupport

/// Predictions as JSON: `{"file", "duration", "label", "confidence", "probabilities": {label: p}, "familiarity", "segments": […], "warnings": […]}`, keys in this
/// order, classes in theirs. Without speech, label, confidence, probabilities and familiarity are `null`. `"arousal"` and `"valence"` follow `"familiarity"` if they are written. Where every channel is a recording of its own, `"channel"` follows `"file"`.
package struct PredictionJSON {
    let layout: PredictionLayout

    /// One outcome, on one line. A failure is `{"file", "error"}`.
    func object(_ outcome: PredictionOutcome) -> String {
        var members = ["\"file\": \(layout.names ? outcome.file.jsonQuoted : "null")"]
        if let channel = outcome.channel { members.append("\"channel\": \(channel)") }
        switch outcome {
        case .success(let prediction):
            members += [
                "\"duration\": \(Self.number(prediction.duration))",
                Self.result(prediction.label, prediction.confidence, prediction.probabilities, prediction.familiarity)
                    + affect(of: prediction.probabilities),
            ]
            if layout.segments { members.append("\"segments\": [\(prediction.timeline.map(segment).joined(separator: ", "))]") }
            members.append("\"warnings\": [\(prediction.warnings.map(Self.warning).joined(separator: ", "))]")
        case .failure(let failure):
            members.append("\"error\": \(failure.description.jsonQuoted)")
        }
        return "{\(members.joined(separator: ", "))}"
    }

    /// `{"start", "end", "label", "confidence", "probabilities", "familiarity"}`, on one line.
    private func segment(_ segment: Prediction.Segment) -> String {
        let result = Self.result(segment.label, segment.confidence, segment.probabilities, segment.familiarity)
        return
            "{\"start\": \(Self.number(segment.start)), \"end\": \(Self.number(segment.end)), \(result)\(affect(of: segment.probabilities))}"
    }

    /// `, "arousal": …, "valence": …` if they are written.
    private func affect(of probabilities: [ClassProbability]) -> String {
        guard layout.affect else { return "" }
        let affect = AffectMapping.affect(of: probabilities)
        return
            ", \"arousal\": \(affect.map { Self.number($0.arousal) } ?? "null"), \"valence\": \(affect.map { Self.number($0.valence) } ?? "null")"
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
