// A file of its own: a value used by every higher module.

/// A recording, or a part of it.
public struct AudioSegment: Sendable, Hashable {
    /// Path of a regular file. The decoder is chosen by its content, not by its name.
    public var path: String
    /// In seconds; nil for the beginning.
    public var start: Double?
    /// In seconds; nil for the end.
    public var end: Double?
    /// What to take from a recording with several channels.
    public var channel: ChannelSelection
    /// Seconds of audio in the whole file beyond which reading it is an error (`AudioError.tooLong`); nil for any length.
    package var longest: Double?

    /// The part of the file at `path` from `start` to `end` seconds; the whole recording by default. The file is not opened.
    public init(path: String, start: Double? = nil, end: Double? = nil, channel: ChannelSelection = .mix) {
        self.path = path
        self.start = start
        self.end = end
        self.channel = channel
    }
}
