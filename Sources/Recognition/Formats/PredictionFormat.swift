import StimmungSupport

/// The formats in which predictions are written.
public enum PredictionFormat: String, CaseIterable, Sendable {
    /// Lines for people.
    case text
    /// One array of objects.
    case json
    /// One object per line.
    case jsonl
    /// A table with a column for each class.
    case csv
    /// NIST Rich Transcription Time Marked: one line per segment, for diarisation tools.
    case rttm
    /// Praat's annotation, one file per recording.
    case textgrid

    /// Whether a document of this format holds failures and warnings. Where it does not, the caller reports them elsewhere.
    package var holdsFailures: Bool {
        switch self {
        case .json, .jsonl, .csv: true
        case .text, .rttm, .textgrid: false
        }
    }

    /// The usual file extension of this format, without the dot.
    public var fileExtension: String {
        switch self {
        case .text: "txt"
        case .textgrid: "TextGrid"
        case .json, .jsonl, .csv, .rttm: rawValue
        }
    }
}

/// Why predictions could not be written.
public enum PredictionError: Equatable {
    /// A TextGrid describes one recording, and `file` would be the second.
    case severalFilesInOneGrid(file: String)
    /// A file cannot be written; nothing was left behind.
    case unwritable(file: String, reason: String)
}

extension PredictionError: StimmungError {
    public var code: String {
        switch self {
        case .severalFilesInOneGrid: "prediction.several-files-in-one-grid"
        case .unwritable: "prediction.unwritable"
        }
    }

    public var description: String {
        switch self {
        case .severalFilesInOneGrid(let file):
            "A TextGrid describes one recording, and \(file) would be the second in it. Name one recording, or a folder that gets a TextGrid for each."
        case .unwritable(let file, let reason):
            "\(file) cannot be written: \(reason). Check that the folder exists, that you may write to it and that its disk has room."
        }
    }
}
