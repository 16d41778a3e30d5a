import StimmungSupport

/// A message of ffmpeg and what it means for the file.
///
/// ffmpeg decodes what is there of a file that was cut off and exits with status 0, and its other errors share one status: only its messages
/// tell them apart. Tested with ffmpeg 5.1.9; the tests with the installed program (`ErrorTests`) fail where another version words them
/// differently. Add its words then, and the version here.
struct FFmpegWords {
    enum Meaning {
        case cutOff, noAudioStream, notAudio
    }

    /// When a message counts.
    private enum Condition {
        case always
        /// The program failed.
        case failed
        /// The program failed before its first sample.
        case failedAtOnce
        /// The program failed and the file is an MP4. Other files too are tried as MP4 because of their names.
        case failedOnMP4
    }

    let meaning: Meaning
    private let text: String
    private let condition: Condition

    /// In the order in which they are looked for.
    static let all = [
        // Containers with a length, such as AIFF and ASF; Matroska.
        FFmpegWords(meaning: .cutOff, text: "partial file", condition: .always),
        FFmpegWords(meaning: .cutOff, text: "File ended prematurely", condition: .always),
        FFmpegWords(meaning: .noAudioStream, text: "matches no streams", condition: .failed),
        FFmpegWords(meaning: .noAudioStream, text: "does not contain any stream", condition: .failed),
        // The table of contents of an MP4 lies at its end.
        FFmpegWords(meaning: .cutOff, text: "moov atom not found", condition: .failedOnMP4),
        FFmpegWords(meaning: .notAudio, text: "Invalid data found", condition: .failedAtOnce),
        FFmpegWords(meaning: .notAudio, text: "Invalid argument", condition: .failedAtOnce),
        FFmpegWords(meaning: .notAudio, text: "End of file", condition: .failedAtOnce),
    ]

    /// - Parameters:
    ///   - errorText: what ffmpeg wrote to its standard error.
    ///   - file: what it was to decode.
    ///   - ending: how it ended.
    ///   - opened: whether it had begun to give samples.
    func isMeant(by errorText: String, in file: InputFile, _ ending: ChildProcess.Ending, opened: Bool) -> Bool {
        guard errorText.contains(text) else { return false }
        let failed = ending != .exited(status: 0)
        return switch condition {
        case .always: true
        case .failed: failed
        case .failedAtOnce: failed && !opened
        case .failedOnMP4: failed && file.bytes(at: 4, count: 4) == Array("ftyp".utf8)
        }
    }
}
