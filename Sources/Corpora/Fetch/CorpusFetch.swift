import Foundation
import StimmungArchives
import StimmungSupport

/// Fetches the recordings of a published corpus from an archive on the web or on the disk.
///
///     var fetch = CorpusFetch(.emodb, into: "emodb")
///     fetch.source = "emodb.zip"
///     let result = try fetch.run { print($0.completed, "of", $0.total) }
///
/// Only files of the list are written, and only if their SHA-256 is that of the list. Recordings that are there already are kept, and a download
/// resumes where it stopped.
package struct CorpusFetch: Sendable {
    /// A corpus whose archive and recordings are known.
    package struct Published: Sendable {
        /// The name that reports use.
        package let title: String
        /// Where the publishers have the archive. Untested: this project never downloads it.
        package let address: String
        /// About its size.
        package let kilobytes: Int
        /// SHA-256 of each recording by its name without extension.
        package var checksums: [String: String] { list() }
        /// The folder that the recordings have in the corpus.
        package let audioFolder: String

        private let list: @Sendable () -> [String: String]

        package init(
            title: String, address: String, kilobytes: Int, checksums: @autoclosure @escaping @Sendable () -> [String: String],
            audioFolder: String
        ) {
            (self.title, self.address, self.kilobytes) = (title, address, kilobytes)
            (list, self.audioFolder) = (checksums, audioFolder)
        }

        package static let emodb = Published(
            title: EmoDB.title, address: "http://emodb.bilderbar.info/download/download.zip", kilobytes: 40_000,
            checksums: EmoDBRecordings.checksums, audioFolder: "wav")
    }

    package struct Result: Sendable, Equatable {
        /// Recordings that were written.
        package let new: Int
        /// Recordings that were there already.
        package let kept: Int
    }

    /// Web address or path of the archive.
    package var source: String
    package var cancellation: Cancellation?
    private let corpus: Published
    private let folder: String

    /// Largest archive, and largest sum of its files.
    private static let largest = 1 << 30
    private static let stage = WorkProgress.Stage("recordings")

    /// - Parameter folder: the folder of the corpus; created if missing.
    package init(_ corpus: Published, into folder: String) {
        self.corpus = corpus
        self.folder = folder
        source = corpus.address
    }

    private var audioFolder: String { joined(folder, corpus.audioFolder) }
    private var isAddress: Bool { source.contains("://") }
    /// Where an unfinished download stays.
    private var partial: String { joined(folder, ".\(corpus.title).zip.part") }

    /// - Throws: `CorpusFetchError`, `Cancelled`
    package func run(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> Result {
        let names = corpus.checksums.keys.sorted()
        let present = try present(names)
        let wanted = names.filter { !present.contains($0) }
        if wanted.isEmpty { return Result(new: 0, kept: names.count) }
        do throws(Files.Failure) { try Files.makeFolder(audioFolder) } catch {
            throw CorpusFetchError.notWritable(path: audioFolder, reason: error.reason)
        }
        let archive = try isAddress ? downloaded(progress) : opened(source)
        try unpack(wanted, from: archive) { progress(WorkProgress(Self.stage, present.count + $0, of: names.count)) }
        if isAddress { Files.remove(partial) }
        return Result(new: wanted.count, kept: present.count)
    }

    private func path(_ name: String) -> String { joined(audioFolder, name + ".wav") }

    /// The recordings that are there.
    private func present(_ names: [String]) throws -> Set<String> {
        var present: Set<String> = []
        var others: [String] = []
        for name in names where Files.exists(path(name)) {
            try cancellation?.check()
            if SHA256.hex(ofFile: path(name)) == corpus.checksums[name] { present.insert(name) } else { others.append(path(name)) }
        }
        if !others.isEmpty { throw CorpusFetchError.occupied(folder: folder, files: others) }
        return present
    }

    private func downloaded(_ progress: @escaping @Sendable (WorkProgress) -> Void) throws -> ZIPArchive {
        // A complete archive may be there if the recordings could not be written.
        if Files.exists(partial), let archive = try? opened(partial) { return archive }
        let isResumed = Files.exists(partial)
        var download = FileDownload(address: source, path: partial, largest: Self.largest, kilobytes: corpus.kilobytes)
        download.cancellation = cancellation
        try download.run(progress: progress)
        do { return try opened(partial) } catch let CorpusFetchError.archive(_, reason) {
            Files.remove(partial)
            // What was there may have been of another file.
            if isResumed { return try downloaded(progress) }
            throw CorpusFetchError.archive(file: source, reason: reason)
        }
    }

    private func opened(_ path: String) throws -> ZIPArchive {
        func refused(_ reason: String) -> CorpusFetchError { .archive(file: path, reason: reason) }
        let data: Data
        do throws(Files.Failure) { data = try Files.read(path, atMost: Self.largest + 1) } catch {
            // A download that cannot be read is replaced like one that is damaged.
            throw isAddress ? refused("it cannot be read: \(error.reason)") : .unreadable(file: path, reason: error.reason)
        }
        if data.count > Self.largest { throw refused("it is larger than \(Self.largest >> 20) MiB") }
        do throws(ZIPArchive.Failure) {
            let archive = try ZIPArchive([UInt8](data))
            let size = archive.entries.reduce(0) { $0 + $1.size }
            guard size <= Self.largest else {
                throw ZIPArchive.Failure(reason: "its files claim \(size) bytes; the maximum is \(Self.largest)")
            }
            return archive
        } catch { throw refused(error.reason) }
    }

    /// Writes recordings that are as published.
    private func unpack(_ names: [String], from archive: ZIPArchive, _ progress: (Int) -> Void) throws {
        // Folders within the archive do not matter, since the content decides.
        let entries = Dictionary(grouping: archive.entries.filter { $0.name.lowercased().hasSuffix(".wav") }) { stem(of: $0.name) }
        var (missing, different): ([String], [String]) = ([], [])
        for (number, name) in names.enumerated() {
            try cancellation?.check()
            progress(number)
            guard let candidates = entries[name] else {
                missing.append(name)
                continue
            }
            var content: [UInt8]?
            do throws(ZIPArchive.Failure) {
                for entry in candidates where content == nil {
                    let bytes = try archive.content(entry)
                    var hash = SHA256()
                    hash.update(bytes)
                    if SHA256.hex(hash.finish()) == corpus.checksums[name] { content = bytes }
                }
            } catch { throw CorpusFetchError.archive(file: source, reason: error.reason) }
            guard let content else {
                different.append(name)
                continue
            }
            do throws(AtomicFile.Failure) { try AtomicFile.write(Data(content), to: path(name), waitsForDisk: false) } catch {
                throw CorpusFetchError.notWritable(path: error.path, reason: error.reason)
            }
        }
        guard missing.isEmpty, different.isEmpty else {
            if isAddress { Files.remove(partial) }
            throw CorpusFetchError.wrongRecordings(file: source, missing: missing, different: different)
        }
        progress(names.count)
    }
}
