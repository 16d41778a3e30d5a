import StimmungSupport

/// Errors of reading, resampling, altering and writing recordings.
///
/// Times are in seconds, sampling rates in Hz. `description` names the file, the cause and a remedy.
public enum AudioError: StimmungError, Equatable {
    /// The path does not exist.
    case noSuchFile(file: String)
    /// The path is a folder where a file is expected.
    case isFolder(file: String)
    /// The path is a file where a folder is expected. Thrown by `AudioFile.list`.
    case notAFolder(path: String)
    /// Neither the folder nor any folder below it contains an audio file. Thrown by `AudioFile.list`.
    case noAudioFiles(folder: String)
    /// The path is neither a file nor a folder but a pipe, a socket or a device.
    case notRegularFile(file: String)
    /// The system denies access to the file or folder; `reason` is the system's message.
    case notReadable(file: String, reason: String)
    /// The file has 0 bytes.
    case emptyFile(file: String)
    /// Neither libsndfile nor ffmpeg recognises the content as audio.
    case notAudio(file: String)
    /// The file is a media file without an audio stream, such as a silent film.
    case noAudioStream(file: String)
    /// The header is valid, but no sample follows it.
    case noSamples(file: String)
    /// The file is cut off: only `there` of the `promised` seconds can be read. Either is nil where unknown.
    case truncated(file: String, there: Double?, promised: Double?)
    /// The file is damaged: it cannot be decoded, or its header states an unusable sampling rate. `reason` is a clause.
    case corrupt(file: String, reason: String)
    /// A sample is infinite or not a number, at `time` seconds.
    case notFinite(file: String, time: Double)
    /// libsndfile cannot decode the file, and ffmpeg, which might, is not installed. `program` is the name that was looked up on the PATH.
    case ffmpegMissing(file: String, program: String)
    /// ffmpeg failed or stalled while decoding; `reason` is its last message, or the cause of the failure.
    case ffmpegFailed(file: String, reason: String)
    /// The range starts before 0, contains no sample, or extends past the end of the recording. A nil `start` is the beginning, a nil `end` the end.
    /// `reason` is a clause.
    case badRange(file: String, start: Double?, end: Double?, reason: String)
    /// The recording has only `channels` channels, and `channel`, counted from 1, is not one of them.
    case noSuchChannel(file: String, channel: Int, channels: Int)
    /// The recording is longer than `longest` seconds, the limit for operations that load it as a whole.
    case tooLong(file: String, longest: Double)
    /// The sampling rate requested is outside 1000 … 1,000,000 Hz.
    case badSampleRate(rate: Int)
    /// libsoxr cannot resample from one rate to the other; `reason` is its message. Rates are in Hz.
    case resamplingFailed(from: Int, to: Int, reason: String)
    /// The file cannot be written, or would exceed the size limit of WAV.
    case notWritable(file: String, reason: String)
    /// `text` is not a valid alteration, or its value is out of range; `allowed` lists the valid ones.
    case badAlteration(text: String, allowed: String)
    /// Encoding a recording as MP3 and decoding it again failed.
    case codecFailed(reason: String)
}

extension AudioError {
    public var code: String {
        switch self {
        case .noSuchFile: "audio.no-such-file"
        case .isFolder: "audio.is-folder"
        case .notAFolder: "audio.not-a-folder"
        case .noAudioFiles: "audio.no-audio-files"
        case .notRegularFile: "audio.not-regular-file"
        case .notReadable: "audio.not-readable"
        case .emptyFile: "audio.empty-file"
        case .notAudio: "audio.not-audio"
        case .noAudioStream: "audio.no-audio-stream"
        case .noSamples: "audio.no-samples"
        case .truncated: "audio.truncated"
        case .corrupt: "audio.corrupt"
        case .notFinite: "audio.not-finite"
        case .ffmpegMissing: "audio.ffmpeg-missing"
        case .ffmpegFailed: "audio.ffmpeg-failed"
        case .badRange: "audio.bad-range"
        case .noSuchChannel: "audio.no-such-channel"
        case .tooLong: "audio.too-long"
        case .badSampleRate: "audio.bad-sample-rate"
        case .resamplingFailed: "audio.resampling-failed"
        case .notWritable: "audio.not-writable"
        case .badAlteration: "audio.bad-alteration"
        case .codecFailed: "audio.codec-failed"
        }
    }

    public var description: String {
        switch self {
        case .noSuchFile(let file):
            return "\(file): no such file. Check the path."
        case .isFolder(let file):
            return "\(file) is a folder, not an audio file. Name a file in it."
        case .notAFolder(let path):
            return "\(path) is not a folder. Name the folder that holds the recordings."
        case .noAudioFiles(let folder):
            return "\(folder) contains no audio files. Name a folder with recordings (wav, flac, mp3, m4a, ogg, …)."
        case .notRegularFile(let file):
            return "\(file) is not a regular file but a pipe, a socket or a device. Save the recording to a file first."
        case .notReadable(let file, let reason):
            return "\(file) cannot be read: \(reason). Check its permissions."
        case .emptyFile(let file):
            return "\(file) is empty (0 bytes). Copy or record it again."
        case .notAudio(let file):
            return "\(file) is not an audio file that libsndfile or ffmpeg can read. Check that it plays, or convert it to WAV."
        case .noAudioStream(let file):
            return "\(file) has no audio stream. Name a file with sound."
        case .noSamples(let file):
            return "\(file) has a header but no samples. Copy or record it again."
        case .truncated(let file, let there, let promised):
            var text = "\(file) is truncated"
            if let there, let promised {
                text += ": it contains \(seconds(there)) of the \(seconds(promised)) that its header declares"
            }
            return text + ". Copy or record it again."
        case .corrupt(let file, let reason):
            return "\(file) is damaged: \(reason). Copy or record it again."
        case .notFinite(let file, let time):
            return "\(file) contains a sample that is infinite or not a number, at \(seconds(time)). Export it again from its source."
        case .ffmpegMissing(let file, let program):
            return "\(file) can be decoded only with the program \(program), which is not on the PATH. Install it: apt-get install ffmpeg"
        case .ffmpegFailed(let file, let reason):
            return "\(file) could not be decoded: ffmpeg reported \"\(reason)\". Check that the file plays, or convert it to WAV."
        case .badRange(let file, let start, let end, let reason):
            let range = "\(start.map(seconds) ?? "the beginning") to \(end.map(seconds) ?? "the end")"
            return "\(file): the range from \(range) \(reason). Correct the start and the end."
        case .noSuchChannel(let file, let channel, let channels):
            return
                "\(file) has \(channels == 1 ? "1 channel" : "\(channels) channels"), so there is no channel \(channel). Name one from 1 to \(channels)."
        case .tooLong(let file, let longest):
            return "\(file) is longer than \(seconds(longest)), the limit for this operation. Cut it into shorter recordings."
        case .badSampleRate(let rate):
            return
                "\(rate) Hz is not a usable sampling rate. Use one from \(sampleRates.lowerBound) to \(sampleRates.upperBound) Hz."
        case .resamplingFailed(let from, let to, let reason):
            return "Resampling from \(from) Hz to \(to) Hz failed: \(reason). Use another sampling rate."
        case .notWritable(let file, let reason):
            return "\(file) cannot be written: \(reason). Check the folder and the space on the disk."
        case .badAlteration(let text, let allowed):
            return "\(text.isEmpty ? "An empty text" : text) is not a valid alteration. Valid alterations: \(allowed)."
        case .codecFailed(let reason):
            return
                "Encoding as MP3 and decoding failed: \(reason). Install ffmpeg with libmp3lame (apt-get install ffmpeg) and check the space for temporary files."
        }
    }
}

extension AudioError: UsageError {
    package var isUsage: Bool { if case .badAlteration = self { true } else { false } }
}

extension AudioError {
    /// The same error about a recording that the user knows by another name than `path`, such as standard input.
    package func naming(_ name: String, insteadOf path: String) -> AudioError {
        switch self {
        case .noSuchFile(path): .noSuchFile(file: name)
        case .isFolder(path): .isFolder(file: name)
        case .notRegularFile(path): .notRegularFile(file: name)
        case .notReadable(path, let reason): .notReadable(file: name, reason: reason)
        case .emptyFile(path): .emptyFile(file: name)
        case .notAudio(path): .notAudio(file: name)
        case .noAudioStream(path): .noAudioStream(file: name)
        case .noSamples(path): .noSamples(file: name)
        case .truncated(path, let there, let promised): .truncated(file: name, there: there, promised: promised)
        case .corrupt(path, let reason): .corrupt(file: name, reason: reason)
        case .notFinite(path, let time): .notFinite(file: name, time: time)
        case .ffmpegMissing(path, let program): .ffmpegMissing(file: name, program: program)
        // The words are those of ffmpeg, which may name the file.
        case .ffmpegFailed(path, let reason): .ffmpegFailed(file: name, reason: reason.replacing(path, with: name))
        case .badRange(path, let start, let end, let reason): .badRange(file: name, start: start, end: end, reason: reason)
        case .noSuchChannel(path, let channel, let channels): .noSuchChannel(file: name, channel: channel, channels: channels)
        case .tooLong(path, let longest): .tooLong(file: name, longest: longest)
        default: self
        }
    }
}
