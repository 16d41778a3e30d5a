/// Renders outcomes one after the other, so that each can be printed as soon as it is known.
///
///     var writer = PredictionWriter(format: .jsonl, classes: model.labels, segments: false)
///     print(writer.begin(), terminator: "")
///     for outcome in outcomes { print(try writer.item(outcome), terminator: "") }
///     print(writer.end(), terminator: "")
///
/// The pieces put together are the document. Each piece ends its own lines, but for `json`, where the next piece does. `text`, `rttm` and `textgrid` have no place for
/// failures: those are an empty piece, and the caller tells of them elsewhere.
public struct PredictionWriter: Sendable {
    /// Format of the document.
    public let format: PredictionFormat
    private let classes: [String]
    private let segments: Bool
    /// Pieces that are not empty.
    private var written = 0

    /// A writer of one document.
    ///
    /// - Parameters:
    ///   - format: The format of the document.
    ///   - classes: The model's classes, in order; CSV has a column for each.
    ///   - segments: Whether timelines are written. `rttm` and `textgrid` always write the timeline of a prediction that has one.
    public init(format: PredictionFormat, classes: [String], segments: Bool) {
        self.format = format
        self.classes = classes
        self.segments = segments
    }

    /// What comes before the first outcome.
    public func begin() -> String {
        switch format {
        case .json: "["
        case .csv: PredictionCSV.header(classes: classes, segments: segments)
        case .text, .jsonl, .rttm, .textgrid: ""
        }
    }

    /// One outcome.
    ///
    /// - Throws: `severalFilesInOneGrid` for the second recording of a TextGrid.
    public mutating func item(_ outcome: PredictionOutcome) throws(PredictionError) -> String {
        let piece = try piece(outcome)
        if !piece.isEmpty { written += 1 }
        return piece
    }

    private func piece(_ outcome: PredictionOutcome) throws(PredictionError) -> String {
        switch (format, outcome) {
        case (.json, _): return (written > 0 ? ",\n" : "\n") + PredictionJSON.object(outcome, segments: segments)
        case (.jsonl, _): return PredictionJSON.object(outcome, segments: segments) + "\n"
        case (.csv, _): return PredictionCSV.rows(outcome, classes: classes, segments: segments)
        case (.text, .success(let prediction)): return PredictionText.lines(prediction, segments: segments)
        case (.rttm, .success(let prediction)): return PredictionRTTM.lines(prediction)
        case (.textgrid, .success(let prediction)):
            guard written == 0 else { throw .severalFilesInOneGrid(file: prediction.file) }
            return PredictionTextGrid.document(prediction)
        case (.text, .failure), (.rttm, .failure), (.textgrid, .failure): return ""
        }
    }

    /// What comes after the last outcome.
    public func end() -> String {
        format == .json ? "\n]\n" : ""
    }

    /// The whole document.
    ///
    /// - Throws: `severalFilesInOneGrid` for more than one recording in a TextGrid.
    public static func document(
        _ outcomes: [PredictionOutcome], format: PredictionFormat, classes: [String], segments: Bool
    ) throws(PredictionError) -> String {
        var writer = PredictionWriter(format: format, classes: classes, segments: segments)
        var document = writer.begin()
        for outcome in outcomes { document += try writer.item(outcome) }
        return document + writer.end()
    }
}
