import Foundation
import Stimmung
import StimmungSupport
import Synchronization

/// The failed recordings of a run, as a CSV file with the columns `file,channel,code,message` in the output folder. Without failures, no file is written.
final class FailureList: Sendable {
    static let name = "failures.csv"

    let path: String
    private let drafts: String?
    private let state = Mutex(State())

    private struct State {
        var draft: AtomicFile.Draft?
        /// The first write error; recognition continues without the list.
        var error: (any Error)?
    }

    init(folder: String, drafts: String?) {
        path = joined(folder, Self.name)
        self.drafts = drafts
    }

    private static let header = "file,channel,code,message\n"

    /// Refuses to replace a file of this name that another program wrote.
    func checkPlace() throws {
        guard Files.exists(path) else { return }
        let start = try Files.read(path, atMost: Self.header.utf8.count)
        guard start == Data(Self.header.utf8) else {
            throw CommandFailure(
                "\(path) is not a list of failed recordings, and would be overwritten. Rename it, or give another output folder.")
        }
    }

    func add(_ failure: PredictionFailure) {
        let channel = failure.channel.map(String.init) ?? ""
        let line = CSVLine.text([failure.file, channel, failure.code ?? "", failure.description])
        state.withLock { state in
            guard state.error == nil else { return }
            do {
                if state.draft == nil {
                    state.draft = try AtomicFile.Draft(of: path, in: drafts)
                    try state.draft?.append(Data(Self.header.utf8))
                }
                try state.draft?.append(Data(line.utf8))
            } catch { state = State(error: error) }
        }
    }

    /// Gives the file its name, or removes that of an earlier run.
    ///
    /// - Returns: whether there is a file.
    /// - Throws: the first error of writing it.
    func finish() throws -> Bool {
        try state.withLock { state in
            if let error = state.error { throw error }
            guard let draft = state.draft.take() else {
                Files.remove(path)
                return false
            }
            try draft.commit()
            return true
        }
    }
}
