import Foundation
import StimmungAudio
import StimmungSupport
import Synchronization

/// Names for the results of recordings: unique within a run, and independent of the order of the inputs.
///
/// A name is the path of the recording below the deepest folder that contains all inputs, without the extension: `monday/a` for `calls/monday/a.wav`
/// in `predict calls`, and for `predict a/call.wav b/call.wav` the names are `a/call` and `b/call`. The extension is kept where the folder
/// contains another audio file that differs only by it, where an entry of the folder has the shorter name, and for files without an audio extension.
/// Standard input is `-`.
final class ResultNames: Sendable {
    /// For each input, the path of its folder below the deepest common one.
    private let places: [String]
    private let folders = AmbiguousStems()

    init(_ inputs: [String]) {
        let folders = inputs.map { input in
            input == "-" ? nil : Self.components(of: isFolder(input) ? input : joined(".", folder(of: input)))
        }
        let known = folders.compactMap(\.self)
        var common = known.first ?? []
        for folder in known { common = zip(common, folder).prefix { $0 == $1 }.map(\.0) }
        places = folders.map { $0.map { $0.dropFirst(common.count).joined(separator: "/") } ?? "" }
    }

    /// The name of a recording.
    ///
    /// - Parameters:
    ///   - path: of the recording.
    ///   - input: the position of the input that it was found in.
    ///   - below: its path below that input, if that is a folder.
    func name(of path: String, input: Int, below: String? = nil) -> String {
        guard path != "-" else { return path }
        let parent = folder(of: path)
        let file = String(path.split(separator: "/").last ?? "")
        let name = folders.needsExtension(file, in: parent.isEmpty ? "." : parent) ? file : AmbiguousStems.stem(file)
        // A file without an extension must not take the name of the list of failures.
        return joined(joined(places[input], below.map(folder(of:)) ?? ""), Self.reserved.contains(name) ? name + ".recording" : name)
    }

    /// Names with another meaning: standard input, and the list of failures where results are CSV.
    fileprivate static let reserved = ["-", AmbiguousStems.stem(FailureList.name)]

    /// The components of the absolute path of a folder.
    private static func components(of path: String) -> [String] {
        var path = path
        // What ".." means depends on the links before it.
        if path.split(separator: "/").contains("..") { path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        let absolute = path.hasPrefix("/") ? path : joined(FileManager.default.currentDirectoryPath, path)
        return absolute.split(separator: "/").filter { $0 != "." }.map(String.init)
    }
}

/// File names of a folder that are distinct only with their extensions.
private final class AmbiguousStems: Sendable {
    /// For each folder, hashes of the stems that several audio files have; nil for a folder that cannot be read.
    private let known = Mutex<[String: Set<ContentHash>?]>([:])
    /// Folders that are remembered. Usually none of them has such files.
    private static let mostKnown = 1000

    func needsExtension(_ file: String, in folder: String) -> Bool {
        let stem = Self.stem(file)
        var status = stat()
        if !AudioFile.isAudio(path: file) || ResultNames.reserved.contains(stem) || lstat(joined(folder, stem), &status) == 0 { return true }
        let ambiguous = known.withLock { known in
            if let found = known[folder] { return found }
            if known.count >= Self.mostKnown { known = [:] }
            let found = Self.ambiguous(in: folder)
            known[folder] = .some(found)
            return found
        }
        return ambiguous?.contains(ContentHash(stem)) ?? true
    }

    /// Only hashes are held, as a folder may have a million files.
    private static func ambiguous(in folder: String) -> Set<ContentHash>? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var hashes: [ContentHash] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                // d_name ends with a zero byte within the entry.
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), AudioFile.isAudio(path: name) { hashes.append(ContentHash(stem(name))) }
        }
        hashes.sort { ($0.first, $0.second) < ($1.first, $1.second) }
        return Set(zip(hashes, hashes.dropFirst()).filter { $0 == $1 }.map(\.0))
    }

    /// A file's name without its extension.
    static func stem(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }
}
