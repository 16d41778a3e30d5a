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
        let folders = inputs.map { input in input == "-" ? nil : Self.components(of: isFolder(input) ? input : folder(of: input)) }
        let known = folders.compactMap(\.self)
        var common = known.first ?? []
        for folder in known { common = zip(common, folder).prefix { $0 == $1 }.map(\.0) }
        places = folders.map { $0.map { $0.dropFirst(common.count).map(\.path).joined(separator: "/") } ?? "" }
    }

    /// The name of a recording.
    ///
    /// - Parameters:
    ///   - path: of the recording.
    ///   - input: the position of the input that it was found in.
    ///   - below: its path below that input, if that is a folder.
    func name(of path: String, input: Int, below: String? = nil) -> String {
        guard path != "-" else { return path }
        let file = fileName(of: path)
        let name = folders.needsExtension(file, in: folder(of: path)) ? file : stem(of: file)
        // A file without an extension must not take the name of the list of failures.
        return joined(joined(places[input], below.map(folder(of:)) ?? ""), Self.reserved.contains(name) ? name + ".recording" : name)
    }

    /// Names with another meaning: standard input, and the list of failures if results are CSV.
    fileprivate static let reserved = ["-", stem(of: FailureList.name)]

    /// The components of a folder's absolute path.
    private static func components(of path: String) -> [PathKey] {
        var path = path.isEmpty ? "." : path
        let slash = UInt8(ascii: "/")
        // What ".." means depends on the links before it.
        if path.utf8.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) }),
            let real = path.withPath({ realpath($0, nil) })
        {
            path = PathBytes.string(from: real)
            free(real)
        }
        return absolutePath(path).utf8.split(separator: slash).compactMap { String($0).map { PathKey($0) } }
    }
}

/// File names that differ only by their extensions.
private final class AmbiguousStems: Sendable {
    /// For each folder, hashes of the stems that several audio files have; nil for a folder that cannot be read.
    private let known = Mutex<[PathKey: Set<ContentHash>?]>([:])
    /// Maximum number of folders to remember.
    private static let mostKnown = 1000

    func needsExtension(_ file: String, in folder: String) -> Bool {
        let stem = stem(of: file)
        if !AudioFile.isAudio(path: file) || ResultNames.reserved.contains(stem) || Files.exists(joined(folder, stem)) { return true }
        let ambiguous = known.withLock { known in
            if let found = known[PathKey(folder)] { return found }
            if known.count >= Self.mostKnown { known = [:] }
            let found = Self.ambiguous(in: folder.isEmpty ? "." : folder)
            known[PathKey(folder)] = .some(found)
            return found
        }
        return ambiguous?.contains(ContentHash(stem)) ?? true
    }

    /// Only hashes are held, since a folder may have a million files.
    private static func ambiguous(in folder: String) -> Set<ContentHash>? {
        var hashes: [ContentHash] = []
        do {
            try Files.forEachName(in: folder) { name in
                if name.utf8.first != UInt8(ascii: "."), AudioFile.isAudio(path: name) { hashes.append(ContentHash(stem(of: name))) }
            }
        } catch { return nil }
        hashes.sort { ($0.first, $0.second) < ($1.first, $1.second) }
        return Set(zip(hashes, hashes.dropFirst()).filter { $0 == $1 }.map(\.0))
    }
}
