import Foundation
import StimmungSupport
import Synchronization

/// A folder that gets a file for each recording: `calls/monday/a.TextGrid` for a recording with the name `monday/a`.
///
/// Threads may write side by side.
public final class PredictionFolder: Sendable {
    /// Path of the folder.
    public let path: String
    private let layout: PredictionLayout
    /// Where files are written before they get their name; nil for beside.
    private let drafts: String?
    private let longestName: Int
    /// The folder that was created last.
    private let created = Mutex("")

    /// Creates the folder and its parents if they do not exist. The other parameters are those of `PredictionWriter`.
    ///
    /// - Throws: `PredictionError.unwritable` if the folder cannot be created.
    public convenience init(
        path: String, format: PredictionFormat, classes: [String], segments: Bool, affect: Bool = false
    ) throws(PredictionError) {
        try self.init(path: path, PredictionLayout(format: format, classes: classes, segments: segments, affect: affect), drafts: nil)
    }

    /// - Parameter drafts: an existing folder of the same file system for files that are being written, so that a process that is killed
    ///   leaves none among the results; nil for beside.
    package init(path: String, _ layout: PredictionLayout, drafts: String?) throws(PredictionError) {
        self.path = path
        self.layout = layout
        self.drafts = drafts
        try Self.create(path)
        longestName = StimmungSupport.longestName(in: path)
    }

    /// Writes one outcome and returns the path of its file, which replaces an older one. A failure in a format that cannot hold it removes the
    /// older one, and returns nil.
    ///
    /// - Parameters:
    ///   - outcome: the outcome; where it has a channel, the file's name ends in `.channel-2`.
    ///   - name: a name that no other recording of the folder has. Its slashes make folders, and a file name that is too long for the file
    ///     system is shortened and ends in a hash.
    /// - Throws: `PredictionError.unwritable`
    @discardableResult
    public func write(_ outcome: PredictionOutcome, as name: String) throws(PredictionError) -> String? {
        var layout = layout
        layout.channels = outcome.channel != nil
        var writer = PredictionWriter(layout)
        let piece = try writer.item(outcome, name: name)
        let file = file(name, channel: outcome.channel)
        guard layout.format.holds(outcome) else {
            Files.remove(file)
            return nil
        }
        try write(writer.begin() + piece + writer.end(), to: file)
        return file
    }

    /// The path of a recording's file.
    package func file(_ name: String, channel: Int?) -> String {
        let suffix = (channel.map { ".channel-\($0)" } ?? "") + "." + layout.format.fileExtension
        let parent = folder(of: name)
        return joined(path, joined(parent, fittingName(fileName(of: name), suffix: suffix, limit: longestName)))
    }

    private func write(_ document: String, to file: String) throws(PredictionError) {
        try makeFolder(folder(of: file))
        // Without waiting for the disk, as a million files would take hours for it. A later run notices what a crash of the system damaged.
        do { try AtomicFile.write(Data(document.utf8), to: file, drafts: drafts, waitsForDisk: drafts == nil) } catch {
            throw .unwritable(file: file, reason: inSentence(error.reason))
        }
    }

    private func makeFolder(_ path: String) throws(PredictionError) {
        guard created.withLock({ $0 }) != path else { return }
        try Self.create(path)
        created.withLock { $0 = path }
    }

    /// Creates a folder and its parents if they do not exist.
    package static func create(_ path: String) throws(PredictionError) {
        do { try Files.makeFolder(path) } catch {
            let reason = Files.exists(path) ? "it is a file, and a folder is needed" : inSentence(error.reason)
            throw .unwritable(file: path, reason: reason)
        }
    }
}
