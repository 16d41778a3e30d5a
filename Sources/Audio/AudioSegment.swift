// A file of its own: a value that every module above this one passes on.

/// A recording, or a part of it.
public struct AudioSegment: Sendable, Hashable {
    /// Of a regular file; its content, not its name, decides on the decoder.
    public var path: String
    /// In seconds; `nil` for the beginning.
    public var start: Double?
    /// In seconds; `nil` for the end.
    public var end: Double?

    public init(path: String, start: Double? = nil, end: Double? = nil) {
        self.path = path
        self.start = start
        self.end = end
    }
}
