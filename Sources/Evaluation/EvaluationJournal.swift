import Foundation
import StimmungSupport
import Synchronization

/// Why a journal cannot be used.
public enum JournalError: StimmungError, Equatable {
    /// The file cannot be opened or read.
    case unusable(file: String, reason: String)
    /// The file cannot be created, or a fold cannot be appended.
    case unwritable(file: String, reason: String)
    /// The file is not a journal of this evaluation.
    ///
    /// Its recipe, corpus, protocol, classes or test conditions differ, or another version of the program wrote it.
    case ofAnotherEvaluation(file: String)
    /// Another running evaluation has the file open.
    case inUse(file: String)

    public var code: String {
        switch self {
        case .unusable: "journal.unusable"
        case .unwritable: "journal.unwritable"
        case .ofAnotherEvaluation: "journal.of-another-evaluation"
        case .inUse: "journal.in-use"
        }
    }

    public var description: String {
        switch self {
        case .unusable(let file, let reason): "The journal \(file) cannot be used: \(reason)."
        case .unwritable(let file, let reason): "The journal \(file) cannot be written: \(reason)."
        case .inUse(let file): "The journal \(file) is in use by another evaluation: wait for it, or name another file."
        case .ofAnotherEvaluation(let file):
            "The journal \(file) is of an evaluation with another recipe, corpus, protocol or set of classes, or by another version of the program: name another file, or remove it."
        }
    }
}

/// The folds of an evaluation that are done, in a file, so that an interrupted evaluation can be resumed.
///
/// A line of JSON each: first what the evaluation is, then a fold a line. A line that a crash cut short is dropped.
final class EvaluationJournal: Sendable {
    private struct Head: Codable, Equatable {
        let stimmungJournal: Int
        let evaluation: String
    }

    private struct Entry: Codable {
        let seed: UInt64
        let fold: Int
        let test: FoldTest
    }

    private struct Key: Hashable {
        let seed: UInt64
        let fold: Int
    }

    private struct State {
        /// Closes the file with its last reference.
        let lock: FileLock
        var handle: FileHandle
        var done: [Key: FoldTest]
    }

    private let path: String
    private let state: Mutex<State>

    /// Opens a journal, or begins one.
    ///
    /// - Parameter evaluation: a text that is the same for evaluations whose folds are the same.
    init(path: String, evaluation: String) throws(JournalError) {
        self.path = path
        let head = Head(stimmungJournal: 4, evaluation: evaluation)
        do {
            let lock = try Self.lock(path)
            let handle = FileHandle(fileDescriptor: lock.descriptor, closeOnDealloc: false)
            let data = try handle.readToEnd() ?? Data()
            var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            // What stands behind the last line end was cut short, and the next line takes its place.
            let cut = lines.popLast()?.count ?? 0
            try handle.truncate(atOffset: UInt64(data.count - cut))
            try handle.seekToEnd()
            if lines.isEmpty {
                try handle.write(contentsOf: Data((jsonText(head) + "\n").utf8))
            } else {
                guard let found = try? JSONDecoder().decode(Head.self, from: lines[0]), found == head else {
                    throw JournalError.ofAnotherEvaluation(file: path)
                }
            }
            let entries = lines.dropFirst().compactMap { try? JSONDecoder().decode(Entry.self, from: $0) }
            let done = Dictionary(entries.map { (Key(seed: $0.seed, fold: $0.fold), $0.test) }, uniquingKeysWith: { $1 })
            state = Mutex(State(lock: lock, handle: handle, done: done))
        } catch let error as JournalError {
            throw error
        } catch {
            throw .unusable(file: path, reason: StimmungSupport.reason(of: error))
        }
    }

    /// Opens the file for this process alone, and creates it if it is missing.
    ///
    /// It is never replaced by another file of the same name: two evaluations that start together open the same file, and one gets the lock.
    private static func lock(_ path: String) throws(JournalError) -> FileLock {
        do { return try FileLock(path: path) } catch {
            switch error {
            case .inUse: throw .inUse(file: path)
            case .unusable(_, let reason):
                throw FileStatus(path: path) == nil ? .unwritable(file: path, reason: reason) : .unusable(file: path, reason: reason)
            }
        }
    }

    /// The error where folds in it do not fit each other.
    var ofAnotherEvaluation: JournalError { .ofAnotherEvaluation(file: path) }

    /// The test of a fold that is done.
    func test(seed: UInt64, fold: Int) -> FoldTest? {
        state.withLock { $0.done[Key(seed: seed, fold: fold)] }
    }

    /// Adds a fold's test; on the disk when it returns.
    func add(_ test: FoldTest, seed: UInt64, fold: Int) throws(JournalError) {
        let line = Data((jsonText(Entry(seed: seed, fold: fold, test: test)) + "\n").utf8)
        let reason: String? = state.withLock { state in
            do {
                try state.handle.write(contentsOf: line)
                try state.handle.synchronize()
                return nil
            } catch {
                return StimmungSupport.reason(of: error)
            }
        }
        if let reason { throw .unwritable(file: path, reason: reason) }
    }
}
