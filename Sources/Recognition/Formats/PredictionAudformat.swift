import StimmungSupport

/// Predictions as a table of audformat with a segmented index: `file,start,end,emotion,confidence,p_<class>…`, and the header of its database.
///
/// Times are as pandas writes a `Timedelta`. Without speech, a recording has a row without values. Pauses have no rows.
///
/// Source: J. Wagner et al., audformat 1, https://audeering.github.io/audformat.
package struct PredictionAudformat {
    let layout: PredictionLayout

    /// The name of the table in a database.
    package static let table = "predictions"

    private var columns: [String] { ["emotion", "confidence"] + layout.classes.map { "p_" + $0 } }

    var header: String { CSVLine.text(["file", "start", "end"] + columns) }

    func rows(_ prediction: Prediction) -> String {
        let segments = layout.segments ? prediction.timeline.filter { $0.label != nil } : []
        let whole = Prediction.Segment(
            start: 0, end: prediction.duration, label: prediction.label, confidence: prediction.confidence,
            probabilities: prediction.probabilities)
        return (segments.isEmpty ? [whole] : segments).map { row(prediction.file, $0) }.joined()
    }

    private func row(_ file: String, _ segment: Prediction.Segment) -> String {
        let values = layout.classes.map { name in segment.probabilities.first { $0.label == name }?.probability }
        return CSVLine.text(
            [file, Timedelta.text(seconds: segment.start), Timedelta.text(seconds: segment.end), segment.label ?? ""]
                + ([segment.confidence] + values).map { $0.flatMap { Decimal6.text($0) } ?? "" })
    }

    /// The file `db.yaml` of a database whose only table is `db.predictions.csv`.
    ///
    /// - Parameters:
    ///   - source: where the predictions come from.
    ///   - classes: of the model.
    package static func database(source: String, classes: [String]) -> String {
        // A JSON text is valid YAML.
        let labels = (classes + [Recogniser.uncertain]).map(\.jsonQuoted).joined(separator: ", ")
        let probabilities = classes.map { "      \("p_\($0)".jsonQuoted): {scheme_id: probability}\n" }.joined()
        return """
            name: predictions
            description: Emotions recognised by Stimmung
            source: \(source.jsonQuoted)
            usage: other
            languages: []
            schemes:
              emotion: {dtype: str, labels: [\(labels)]}
              probability: {dtype: float, minimum: 0, maximum: 1}
            tables:
              \(table):
                type: segmented
                columns:
                  emotion: {scheme_id: emotion}
                  confidence: {scheme_id: probability}
            \(probabilities)
            """
    }
}
