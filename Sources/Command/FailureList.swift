import Foundation
import Stimmung
import StimmungSupport
import Synchronization

/// The recordings of a run that failed, as a CSV file of `file,channel,code,message` in the folder of the results. Without failures there is no file.
final class FailureList: Sendable {
    static let name = "failures.csv"

    let path: String
    private let drafts: String?
    private let draft = Mutex(AtomicFile.Draft?.none)

    init(folder: String, drafts: String?) {
        path = joined(folder, Self.name)
        self.drafts = drafts
    }

    func add(_ failure: PredictionFailure) throws {
        let channel = failure.channel.map(String.init) ?? ""
        let line = CSVLine.text([failure.file, channel, failure.code ?? "", failure.description])
        try draft.withLock { draft in
            if draft == nil {
                draft = try AtomicFile.Draft(of: path, in: drafts)
                try draft?.append(Data("file,channel,code,message\n".utf8))
            }
            try draft?.append(Data(line.utf8))
        }
    }

    /// Gives the file its name, or removes that of an earlier run.
    ///
    /// - Returns: whether there is a file.
    @discardableResult
    func finish() throws -> Bool {
        try draft.withLock { draft in
            guard let open = draft.take() else {
                unlink(path)
                return false
            }
            try open.commit()
            return true
        }
    }
}
