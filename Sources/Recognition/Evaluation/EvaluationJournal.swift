import Foundation
import Synchronization
import Tensors

/// Why a journal cannot be used.
public enum JournalError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case unwritable(file: String, reason: String)
    case ofAnotherEvaluation(file: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "The journal \(file) cannot be read: \(reason)."
        case .unwritable(let file, let reason): "The journal \(file) cannot be written: \(reason)."
        case .ofAnotherEvaluation(let file):
            "The journal \(file) is of an evaluation with another recipe, corpus, protocol or set of classes: name another file, or remove it."
        }
    }
}

/// The folds of an evaluation that are done, in a file, so that an interrupted evaluation goes on where it was.
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
        let head = Head(stimmungJournal: 1, evaluation: evaluation)
        var kept = Data((jsonText(head) + "\n").utf8)
        var done: [Key: FoldTest] = [:]
        if FileManager.default.fileExists(atPath: path) {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .unreadable(file: path, reason: "it is a folder, or may not be read")
            }
            let lines = data.split(separator: UInt8(ascii: "\n"))
            let found = lines.first.flatMap { try? JSONDecoder().decode(Head.self, from: $0) }
            guard data.isEmpty || found == head else { throw .ofAnotherEvaluation(file: path) }
            for line in lines.dropFirst() {
                guard let entry = try? JSONDecoder().decode(Entry.self, from: line) else { continue }
                done[Key(seed: entry.seed, fold: entry.fold)] = entry.test
                kept.append(contentsOf: line + [UInt8(ascii: "\n")])
            }
        }
        do {
            try AtomicFile.write(kept, to: path)
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.seekToEnd()
            state = Mutex(State(handle: handle, done: done))
        } catch let error as AtomicFile.Failure {
            throw .unwritable(file: path, reason: error.reason)
        } catch {
            throw .unwritable(file: path, reason: error.localizedDescription)
        }
    }

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
                return error.localizedDescription
            }
        }
        if let reason { throw .unwritable(file: path, reason: reason) }
    }
}
