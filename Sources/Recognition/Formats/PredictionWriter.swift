/// Renders outcomes one after another, so that each can be printed as soon as it is known.
///
///     var writer = PredictionWriter(format: .jsonl, classes: model.labels, segments: false)
///     print(writer.begin(), terminator: "")
///     for outcome in outcomes { print(try writer.item(outcome), terminator: "") }
///     print(writer.end(), terminator: "")
///
/// The pieces joined are the document. Each piece ends with a line end, except in `json`, where the next piece begins with it. `text`, `rttm`,
/// `textgrid`, `srt` and `audformat` cannot hold failures: those are an empty piece, and the caller reports them elsewhere. The same five cannot hold warnings.
/// A recording without speech is an empty piece in `rttm` and `srt`.
public struct PredictionWriter: Sendable {
    private let layout: PredictionLayout
    /// Outcomes that have a place in the document.
    private var written = 0

    /// A writer of one document.
    ///
    /// - Parameters:
    ///   - format: the format of the document.
    ///   - classes: the model's classes, in order; CSV has a column for each.
    ///   - segments: whether timelines are written. `rttm`, `textgrid` and `srt` always write the timeline of a prediction that has one.
    ///   - channels: whether CSV has a column for the channel; the other formats name the channel of every outcome that has one.
    ///   - affect: whether `text`, `json`, `jsonl` and `csv` have arousal and valence (`AffectMapping`).
    public init(format: PredictionFormat, classes: [String], segments: Bool, channels: Bool = false, affect: Bool = false) {
        self.init(PredictionLayout(format: format, classes: classes, segments: segments, channels: channels, affect: affect))
    }

    package init(_ layout: PredictionLayout) { self.layout = layout }

    /// Format of the document.
    public var format: PredictionFormat { layout.format }

    private var table: PredictionCSV { PredictionCSV(layout: layout) }
    private var objects: PredictionJSON { PredictionJSON(layout: layout) }

    /// The beginning of the document.
    public func begin() -> String {
        switch format {
        case .json: "["
        case .csv: table.header
        case .audformat: PredictionAudformat(layout: layout).header
        case .text, .jsonl, .rttm, .textgrid, .srt: ""
        }
    }

    /// One outcome.
    ///
    /// - Parameters:
    ///   - outcome: the outcome.
    ///   - name: a name that no other recording of the document has, for the file ids of `rttm`; nil for the file's name without folders and
    ///     extension. Other formats write `outcome.file`.
    /// - Throws: `severalRecordings` for the second recording of a TextGrid or an SRT file.
    public mutating func item(_ outcome: PredictionOutcome, name: String? = nil) throws(PredictionError) -> String {
        guard format.holds(outcome) else { return "" }
        if case .success(let prediction) = outcome, format.holdsOneRecording, written > 0 {
            throw .severalRecordings(format: format, file: prediction.file)
        }
        defer { written += 1 }
        return piece(outcome, name)
    }

    private func piece(_ outcome: PredictionOutcome, _ name: String?) -> String {
        switch (format, outcome) {
        case (.json, _): return (written > 0 ? ",\n" : "\n") + objects.object(outcome)
        case (.jsonl, _): return objects.object(outcome) + "\n"
        case (.csv, _): return table.rows(outcome)
        case (.text, .success(let prediction)): return PredictionText.lines(prediction, layout)
        case (.rttm, .success(let prediction)): return PredictionRTTM.lines(prediction, name: name)
        case (.textgrid, .success(let prediction)): return PredictionTextGrid.document(prediction)
        case (.srt, .success(let prediction)): return PredictionSRT.document(prediction)
        case (.audformat, .success(let prediction)): return PredictionAudformat(layout: layout).rows(prediction)
        case (.text, .failure), (.rttm, .failure), (.textgrid, .failure), (.srt, .failure), (.audformat, .failure): return ""
        }
    }

    /// The end of the document.
    public func end() -> String {
        format == .json ? "\n]\n" : ""
    }

    /// The whole document.
    ///
    /// - Throws: `severalRecordings` for more than one recording in a TextGrid or an SRT file.
    public static func document(
        _ outcomes: [PredictionOutcome], format: PredictionFormat, classes: [String], segments: Bool
    ) throws(PredictionError) -> String {
        var writer = PredictionWriter(
            format: format, classes: classes, segments: segments, channels: outcomes.contains { $0.channel != nil })
        var document = writer.begin()
        for outcome in outcomes { document += try writer.item(outcome) }
        return document + writer.end()
    }
}

/// What is written of predictions.
package struct PredictionLayout: Sendable {
    package let format: PredictionFormat
    /// The model's classes, in order.
    let classes: [String]
    /// Whether timelines are written.
    let segments: Bool
    /// Whether CSV has a column for the channel.
    var channels = false
    /// Whether `AffectMapping` is written.
    let affect: Bool
    /// Whether recordings have names; without, `file` is `null` in JSON.
    package var names = true

    package init(format: PredictionFormat, classes: [String], segments: Bool, channels: Bool = false, affect: Bool = false) {
        self.format = format
        self.classes = classes
        self.segments = segments
        self.channels = channels
        self.affect = affect
    }
}
