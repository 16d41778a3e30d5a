import Foundation
import StimmungSupport

/// A folder that gets a file for each recording, named after it: `call.TextGrid` for `calls/call.mp3`.
///
/// Two recordings of the same name in different folders get `call` and `call-2`, in the order in which they come.
public struct PredictionFolder: Sendable {
    /// Path of the folder.
    public let path: String
    private let format: PredictionFormat
    private let classes: [String]
    private let segments: Bool
    private var names: Set<PathKey> = []

    /// Creates the folder and its parents if they do not exist. The other parameters are those of `PredictionWriter`.
    ///
    /// - Throws: `PredictionError.unwritable` if the folder cannot be created.
    public init(path: String, format: PredictionFormat, classes: [String], segments: Bool) throws(PredictionError) {
        self.path = path
        self.format = format
        self.classes = classes
        self.segments = segments
        do {
            try Files.makeFolder(path)
        } catch {
            throw .unwritable(file: path, reason: error.reason)
        }
    }

    /// Writes one outcome and returns the path of its file, which replaces an older one; nil for a failure in a format that has no place for it.
    @discardableResult
    public mutating func write(_ outcome: PredictionOutcome) throws(PredictionError) -> String? {
        let document = try PredictionWriter.document([outcome], format: format, classes: classes, segments: segments)
        guard !document.isEmpty else { return nil }
        let file = "\(path)/\(unusedName(stem(ofRecording: outcome.file))).\(format.fileExtension)"
        do {
            try AtomicFile.write(Data(document.utf8), to: file)
        } catch {
            throw .unwritable(file: file, reason: error.reason)
        }
        return file
    }

    private mutating func unusedName(_ stem: String) -> String {
        var name = stem
        var number = 1
        while !names.insert(PathKey(name)).inserted {
            number += 1
            name = "\(stem)-\(number)"
        }
        return name
    }
}

/// The name of a recording without folders and ending: `call` for `calls/call.mp3`.
func stem(ofRecording file: String) -> String {
    // Scalar by scalar, as the file system sees it: a slash before a combining mark is still a slash.
    guard let name = file.unicodeScalars.split(separator: "/").last else { return "recording" }
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
}
