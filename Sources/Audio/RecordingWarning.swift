/// A finding about a recording that was read nevertheless.
///
/// `message` is one or two sentences with the facts and what was done. It does not name the file, which the caller knows.
public struct RecordingWarning: Sendable, Hashable, Codable {
    /// Stable identifier, such as `audio.longer-than-declared`.
    public let code: String
    /// The facts and what was done, for people.
    public let message: String

    /// All codes.
    package enum Code: String, CaseIterable {
        case longerThanDeclared = "audio.longer-than-declared"
        case shorterThanDeclared = "audio.shorter-than-declared"
        case unreadData = "audio.unread-data"
        case mixedFormats = "audio.mixed-formats"
        case damaged = "audio.damaged"
        case oppositePhase = "audio.opposite-phase"
    }

    private init(_ code: Code, _ message: String) {
        self.code = code.rawValue
        self.message = message
    }

    /// The same warning about a recording that the user knows by another name than `path`: words of ffmpeg may have it.
    package func naming(_ name: String, insteadOf path: String) -> RecordingWarning {
        message.contains(path) ? Code(rawValue: code).map { RecordingWarning($0, message.replacing(path, with: name)) } ?? self : self
    }

    /// The file contains more audio than its header declares, and all of it was read. Times are in seconds, here and below.
    package static func longerThanDeclared(declared: Double, read: Double) -> RecordingWarning {
        RecordingWarning(
            .longerThanDeclared,
            "The header declares \(seconds(declared)), but the file contains \(seconds(read)) of audio. All of it was read.")
    }

    /// The decoder reached the end of the file earlier than the header declares.
    package static func shorterThanDeclared(declared: Double, read: Double) -> RecordingWarning {
        RecordingWarning(
            .shorterThanDeclared,
            "The header declares \(seconds(declared)), but the file contains \(seconds(read)) of audio. All of that was read.")
    }

    /// Data that is neither tags nor audio in the same format follows the audio. `there` is its duration if it were audio.
    package static func unreadData(read: Double, there: Double) -> RecordingWarning {
        RecordingWarning(
            .unreadData,
            "After \(seconds(read)) of audio, the file contains further data, enough for \(seconds(there)) of audio. "
                + "It was not read, because it cannot be decoded as audio in the same format.")
    }

    /// The file is a chain of recordings with different sampling rates or numbers of channels.
    package static func mixedFormats(first: String, other: String, time: Double) -> RecordingWarning {
        RecordingWarning(
            .mixedFormats,
            "The format changes from \(first) to \(other) at \(seconds(time)). All of it was read, converted to the first format.")
    }

    /// Parts of the file could not be decoded; the others were read. `reason` is a clause.
    package static func damaged(reason: String) -> RecordingWarning {
        RecordingWarning(
            .damaged, "The file is damaged: \(reason). All that can be decoded was read; parts may be missing, and later times shifted.")
    }

    /// The channels cancel each other when averaged. `channel` counts from 1.
    package static func oppositePhase(channel: Int, channels: Int) -> RecordingWarning {
        RecordingWarning(
            .oppositePhase,
            "The \(channels) channels have opposite phase and cancel in their mean. Only the loudest, channel \(channel), was read.")
    }
}

/// A time to the millisecond, such as `3.25 s`.
func seconds(_ time: Double) -> String {
    time.isFinite ? "\((time * 1000).rounded() / 1000) s" : "\(time) s"
}
