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
    /// SubRip subtitles, one file per recording: a cue for each segment of speech.
    case srt
    /// A table with a segmented index, as the Python package audformat reads and writes them.
    case audformat

    /// Whether a document of this format holds failures and warnings. Where it does not, the caller reports them elsewhere.
    package var holdsFailures: Bool {
        switch self {
        case .json, .jsonl, .csv: true
        case .text, .rttm, .textgrid, .srt, .audformat: false
        }
    }

    /// Whether a document of this format has a place for arousal and valence.
    package var holdsAffect: Bool {
        switch self {
        case .text, .json, .jsonl, .csv: true
        case .rttm, .textgrid, .srt, .audformat: false
        }
    }

    /// Whether a document of this format has a place for an outcome, though it may be empty.
    func holds(_ outcome: PredictionOutcome) -> Bool {
        if case .failure = outcome { holdsFailures } else { true }
    }

    /// Whether a document of this format describes one recording, since nothing in it names the recording.
    package var holdsOneRecording: Bool {
        switch self {
        case .textgrid, .srt: true
        case .text, .json, .jsonl, .csv, .rttm, .audformat: false
        }
    }

    /// A document of this format, for messages: `A TextGrid`.
    package var document: String {
        switch self {
        case .textgrid: "A TextGrid"
        case .srt: "An SRT file"
        case .text, .json, .jsonl, .csv, .rttm, .audformat: "A document"
        }
    }

    /// The usual file extension of this format, without the dot.
    public var fileExtension: String {
        switch self {
        case .text: "txt"
        case .textgrid: "TextGrid"
        case .audformat: "csv"
        case .json, .jsonl, .csv, .rttm, .srt: rawValue
        }
    }
}

/// Why predictions could not be written.
public enum PredictionError: Equatable {
    /// A document of this format describes one recording, and `file` would be the second.
    case severalRecordings(format: PredictionFormat, file: String)
    /// A file cannot be written; nothing was left behind.
    case unwritable(file: String, reason: String)
}

extension PredictionError: StimmungError {
    public var code: String {
        switch self {
        case .severalRecordings: "prediction.several-recordings"
        case .unwritable: "prediction.unwritable"
        }
    }

    public var description: String {
        switch self {
        case .severalRecordings(let format, let file):
            """
            \(format.document) describes one recording, and \(file) would be the second in it. Name one recording, or a folder that gets a \
            file for each.
            """
        case .unwritable(let file, let reason):
            "\(file) cannot be written: \(reason). Check that the folder exists, that you may write to it and that its disk has room."
        }
    }
}
