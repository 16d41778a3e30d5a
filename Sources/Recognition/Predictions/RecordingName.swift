enum RecordingName {
    /// The name of a recording without folders and ending: `call` for `calls/call.mp3`.
    static func stem(_ file: String) -> String {
        // Scalar by scalar, as the file system sees it: a slash before a combining mark is still a slash.
        guard let name = file.unicodeScalars.split(separator: "/").last else { return "recording" }
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}
