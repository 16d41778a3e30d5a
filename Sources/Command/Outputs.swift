import ArgumentParser
import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungSupport

/// Refuses outputs that would overwrite an input or each other, or that cannot be written, before any work is done.
///
/// - Parameters:
///   - files: files to write; nil and `-` (standard output) are ignored.
///   - folders: folders to write into; missing ones are created later.
///   - inputs: files and folders to read.
///   - corpora: corpora whose recordings will be read.
/// - Throws: `ValidationError` that names both, or `AtomicFile.Failure`.
func checkOutputs(files: [String?], folders: [String?] = [], inputs: [String?] = [], corpora: [Corpus] = []) throws {
    let files = files.compactMap { $0 }.filter { $0 != "-" }
    let folders = folders.compactMap { $0 }
    let outputs = files + folders
    var seen: [PathKey: String] = [:]
    for output in outputs {
        if let other = seen.updateValue(output, forKey: PathKey(Files.destination(output))) {
            throw ValidationError("The outputs \(other) and \(output) are the same path. Give them different names.")
        }
    }
    for (file, folder) in files.flatMap({ file in folders.map { (file, $0) } }) where isReserved(file, in: folder) {
        throw ValidationError("The output \(file) has the name of a file that is written into \(folder). Give another name.")
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
    // The others write none of them, and two tests of one folder would remove it from under each other.
    guard Processes.leads else { return }
    for file in files { try requireWritable(file) }
    for folder in folders { try requireWritableFolder(folder) }
}

/// Refuses results that would replace an existing recording, which may be one of a folder or corpus that is read, or of neither.
func refuseRecordings(asOutputs files: [String?]) throws {
    for case let file? in files where AudioFile.isAudio(path: file) && Files.exists(file) {
        throw ValidationError("The output \(file) exists and has the name of a recording, which would be overwritten. Give another name.")
    }
}

/// Whether a report or pictures in `folder` could have this file's name.
private func isReserved(_ file: String, in folder: String) -> Bool {
    ["html", "svg"].contains(fileExtension(of: file))
        && PathKey(StimmungSupport.folder(of: Files.destination(file))) == PathKey(Files.destination(folder))
}

/// The inputs of a command, none of whose files may be replaced by a file of an output folder.
struct NamedInputs: Sendable {
    private let files: [Files.Identity: String]
    /// Identities of the input folders.
    private let folders: Set<Files.Identity>

    /// - Parameter inputs: files, folders and `-`.
    init(_ inputs: [String?]) {
        let inputs = inputs.compactMap { $0 }.filter { $0 != "-" }
        let pairs = inputs.filter { !isFolder($0) }.compactMap { path in Files.Identity(path: path).map { ($0, path) } }
        files = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        folders = Set(inputs.filter(isFolder).compactMap { Files.Identity(path: $0) })
    }

    /// Checks a file that is about to be written.
    ///
    /// - Parameter isOurs: whether an earlier run wrote it. Beside recordings, other files are kept: `call.csv` may be a manifest.
    /// - Throws: `CommandFailure` if the file must not be replaced.
    func check(_ output: String, in folder: String, isOurs: Bool) throws {
        guard let identity = Files.Identity(path: output) else { return }
        if let input = files[identity] {
            throw CommandFailure("The output \(output) is the input \(input), which would be overwritten. Give another output folder.")
        }
        if !isOurs, let parent = Files.Identity(path: folder), folders.contains(parent) {
            throw CommandFailure(
                "\(output) exists beside the recordings and is not the result of an earlier run. Give another output folder.")
        }
    }
}

/// Refuses a file that cannot be written, before hours of work. Tests it with a temporary file beside it.
func requireWritable(_ path: String) throws {
    let parent = folder(of: path)
    if isFolder(path) { throw AtomicFile.Failure(path: path, reason: "it is a folder") }
    if !parent.isEmpty, !isFolder(parent) { throw AtomicFile.Failure(path: path, reason: "the folder \(parent) does not exist") }
    _ = try AtomicFile.Draft(of: path)
}

/// Refuses a folder that cannot be created or written to, before hours of work. Folders created by the test are removed.
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

/// Does work for an output while other runs of the program cannot write it.
///
/// The lock is on a hidden file beside the output, which is removed afterwards. A crash leaves the file, but unlocked.
func holding<Result>(_ output: String, _ work: () throws -> Result) throws -> Result {
    let target = Files.destination(output)
    let name = "\(AtomicFile.temporaryPrefix)\(ContentHash(fileName(of: target)).text).lock"
    let lock: FileLock?
    do { lock = try FileLock(path: joined(folder(of: target), name), isTemporary: true) } catch {
        if case .inUse = error {
            throw CommandFailure("\(output) is in use by another run. Wait until it ends, or give another output.")
        }
        // Some file systems do not support locks.
        printToStandardError("note: \(output) cannot be locked against a second run. \(error)")
        lock = nil
    }
    defer { withExtendedLifetime(lock) {} }
    return try work()
}
