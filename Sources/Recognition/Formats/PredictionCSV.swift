import StimmungSupport

/// Predictions as a table: `file,duration,label,confidence,p_<class>…,familiarity,warnings,error`; with segments `start,end` in place of `duration`, and a
/// row for each segment. `arousal,valence` follow `familiarity` if they are written. Where every channel is a recording of its own, `channel` follows `file`.
///
/// The prefix keeps a class named `label` or `error` apart from the other columns. `warnings` holds codes, separated by spaces. Quoting follows
/// RFC 4180; lines end with a line feed.
struct PredictionCSV {
    let layout: PredictionLayout

    private var classes: [String] { layout.classes }
    private var segments: Bool { layout.segments }
    private var channels: Bool { layout.channels }
    private var affectKeys: [String] { layout.affect ? ["arousal", "valence"] : [] }

    /// Before the name of a class in a header.
    private static let prefix = "p_"

    private var keys: [String] { ["file"] + (channels ? ["channel"] : []) + (segments ? ["start", "end"] : ["duration"]) }

    var header: String {
        CSVLine.text(
            keys + ["label", "confidence"] + classes.map { Self.prefix + $0 } + ["familiarity"] + affectKeys + ["warnings", "error"])
    }

    /// The rows of one outcome. A recording whose timeline is empty has one row without times; a failure has one with only its error.
    func rows(_ outcome: PredictionOutcome) -> String {
        let name = [outcome.file] + (channels ? [outcome.channel.map(String.init) ?? ""] : [])
        switch outcome {
        case .failure(let failure):
            return CSVLine.text(
                name + Array(repeating: "", count: (segments ? 6 : 5) + classes.count + affectKeys.count) + [failure.description])
        case .success(let prediction):
            let end = [prediction.warnings.map(\.code).joined(separator: " "), ""]
            guard segments, !prediction.timeline.isEmpty else {
                let times = segments ? ["", ""] : [Self.number(prediction.duration)]
                let result = cells(prediction.label, prediction.confidence, prediction.probabilities, prediction.familiarity)
                return CSVLine.text(name + times + result + end)
            }
            return prediction.timeline.map { segment in
                let times = [Self.number(segment.start), Self.number(segment.end)]
                return CSVLine.text(
                    name + times + cells(segment.label, segment.confidence, segment.probabilities, segment.familiarity) + end)
            }.joined()
        }
    }

    /// Empty cells where there is no speech.
    private func cells(
        _ label: String?, _ confidence: Double?, _ probabilities: [ClassProbability], _ familiarity: Double?
    ) -> [String] {
        let columns = classes.map { name in probabilities.first { $0.label == name }.map { Self.number($0.probability) } ?? "" }
        let affect = AffectMapping.affect(of: probabilities)
        let mapped = affectKeys.isEmpty ? [] : [affect?.arousal, affect?.valence].map { $0.map(Self.number) ?? "" }
        return [label ?? "", confidence.map(Self.number) ?? ""] + columns + [familiarity.map(Self.number) ?? ""] + mapped
    }

    private static func number(_ value: Double) -> String {
        Decimal6.text(value) ?? ""
    }
}
