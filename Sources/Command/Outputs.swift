import ArgumentParser
import Foundation
import StimmungCorpora
import StimmungSupport

/// Refuses outputs that would replace an input or each other, or that cannot be written, before any work is done.
///
/// - Parameters:
///   - files: files to write; nil and `-` (standard output) are ignored.
///   - folders: folders to write into; missing ones are created by the work itself.
///   - inputs: files and folders that are read.
///   - corpora: corpora whose recordings are read.
/// - Throws: `ValidationError` that names both, or `AtomicFile.Failure`.
func checkOutputs(files: [String?], folders: [String?] = [], inputs: [String?] = [], corpora: [Corpus] = []) throws {
    let files = files.compactMap { $0 }.filter { $0 != "-" }
    let outputs = files + folders.compactMap { $0 }
    var seen: [Place: String] = [:]
    for output in outputs {
        if let other = seen.updateValue(output, forKey: Place(output)) {
            throw ValidationError("The outputs \(other) and \(output) are one file. Give them different names.")
        }
    }
    let existing = Dictionary(outputs.compactMap { path in Files.Identity(path: path).map { ($0, path) } }, uniquingKeysWith: { $1 })
    if !existing.isEmpty {
        var inputs = inputs.compactMap { $0 }
        for corpus in corpora { inputs += [corpus.root] + corpus.utterances.map(\.file) }
        for input in inputs where input != "-" {
            if let identity = Files.Identity(path: input), let output = existing[identity] {
                throw ValidationError("The output \(output) is the input \(input), which would be overwritten. Give another name.")
            }
        }
    }
    for file in files { try requireWritable(file) }
    for folder in folders.compactMap({ $0 }) { try requireWritableFolder(folder) }
}

/// The inputs that a command was given by name, which no file of an output folder may replace.
struct NamedInputs: Sendable {
    private let files: [Files.Identity: String]

    /// - Parameter inputs: files, folders and `-`. The recordings of a folder have extensions that no output has.
    init(_ inputs: [String?]) {
        let pairs = inputs.compactMap { $0 }.filter { $0 != "-" && !isFolder($0) }.compactMap { path in
            Files.Identity(path: path).map { ($0, path) }
        }
        files = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: `CommandFailure` if `output` is one of them.
    func check(_ output: String) throws {
        guard let identity = Files.Identity(path: output), let input = files[identity] else { return }
        throw CommandFailure("The output \(output) is the input \(input), which would be overwritten. Give another output folder.")
    }
}

/// What a path leads to, whether or not it is there: two paths to one file have equal places.
private struct Place: Hashable {
    /// The file or folder, or the nearest folder around it that exists.
    let existing: Files.Identity?
    /// The rest of the path.
    let missing: PathKey

    init(_ path: String) {
        var whole = absolutePath(path)
        // As it was written for the system, which follows links before it goes up.
        if let identity = Files.Identity(path: path) {
            self.init(existing: identity, missing: PathKey(""))
            return
        }
        var missing = ""
        while Files.Identity(path: whole) == nil, whole != "/" {
            missing = joined(fileName(of: whole), missing)
            whole = folder(of: whole)
        }
        self.init(existing: Files.Identity(path: whole), missing: PathKey(missing))
    }

    private init(existing: Files.Identity?, missing: PathKey) {
        self.existing = existing
        self.missing = missing
    }
}

/// Refuses a file that cannot be written, before hours of work: creates a file beside it and removes it.
func requireWritable(_ path: String) throws {
    let parent = folder(of: path)
    if isFolder(path) { throw AtomicFile.Failure(path: path, reason: "it is a folder") }
    if !parent.isEmpty, !isFolder(parent) { throw AtomicFile.Failure(path: path, reason: "the folder \(parent) does not exist") }
    _ = try AtomicFile.Draft(of: path)
}

/// Refuses a folder that cannot be created or written to, before hours of work. Whatever this creates, it removes.
func requireWritableFolder(_ path: String) throws {
    var missing: [String] = []
    var existing = absolutePath(path)
    while !Files.exists(existing), existing != "/" {
        missing.insert(existing, at: 0)
        existing = folder(of: existing)
    }
    if !isFolder(existing) { throw AtomicFile.Failure(path: path, reason: "\(existing) is not a folder") }
    var made: [String] = []
    defer { for folder in made.reversed() { Files.remove(folder) } }
    do {
        for folder in missing {
            try Files.makeFolder(folder)
            made.append(folder)
        }
    } catch { throw AtomicFile.Failure(path: path, reason: error.reason) }
    do { _ = try AtomicFile.Draft(of: joined(missing.last ?? existing, "report.html")) } catch {
        throw AtomicFile.Failure(path: path, reason: error.reason)
    }
}

/// Does work for an output, and keeps other runs of the program from writing it meanwhile.
///
/// The lock is a hidden file beside the output, removed afterwards. A crash leaves the file but no lock.
func holding<Result>(_ output: String, _ work: () throws -> Result) throws -> Result {
    let target = Files.realPath(output) ?? absolutePath(output)
    let name = "\(AtomicFile.temporaryPrefix)\(ContentHash(fileName(of: target)).text).lock"
    let lock: FileLock?
    do { lock = try FileLock(path: joined(folder(of: target), name), isTemporary: true) } catch {
        if case .inUse = error {
            throw CommandFailure("\(output) is in use by another run. Wait for its end, or give another output.")
        }
        // Some file systems have no locks.
        printToStandardError("note: \(output) cannot be locked against a second run. \(error)")
        lock = nil
    }
    defer { withExtendedLifetime(lock) {} }
    return try work()
}
