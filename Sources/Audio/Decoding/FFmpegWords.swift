import StimmungSupport

/// A message of ffmpeg and its meaning for the file.
///
/// ffmpeg decodes a truncated file as far as possible and exits with status 0, and its other errors share one status: only messages distinguish
/// them. Tested with ffmpeg 5.1.9. Tests with the installed program (`ErrorTests`) fail if another version has different messages; then add them,
/// and the version here.
struct FFmpegWords {
    enum Meaning {
        case cutOff, noAudioStream, notAudio
    }

    /// The condition under which a message counts.
    private enum Condition {
        case always
        /// The program failed.
        case failed
        /// The program failed before its first sample.
        case failedAtOnce
        /// The program failed and the file is an MP4. ffmpeg also tries other files as MP4 because of their names.
        case failedOnMP4
    }

    let meaning: Meaning
    private let text: String
    private let condition: Condition

    /// In the order of the search.
    static let all = [
        // Containers with a length, such as AIFF and ASF; Matroska.
        FFmpegWords(meaning: .cutOff, text: "partial file", condition: .always),
        FFmpegWords(meaning: .cutOff, text: "File ended prematurely", condition: .always),
        FFmpegWords(meaning: .noAudioStream, text: "matches no streams", condition: .failed),
        FFmpegWords(meaning: .noAudioStream, text: "does not contain any stream", condition: .failed),
        // The table of contents of an MP4 is at its end.
        FFmpegWords(meaning: .cutOff, text: "moov atom not found", condition: .failedOnMP4),
        FFmpegWords(meaning: .notAudio, text: "Invalid data found", condition: .failedAtOnce),
        FFmpegWords(meaning: .notAudio, text: "Invalid argument", condition: .failedAtOnce),
        FFmpegWords(meaning: .notAudio, text: "End of file", condition: .failedAtOnce),
    ]

    /// - Parameters:
    ///   - errorText: ffmpeg's standard error.
    ///   - file: the file to decode.
    ///   - ending: how ffmpeg ended.
    ///   - opened: whether ffmpeg had started to return samples.
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
