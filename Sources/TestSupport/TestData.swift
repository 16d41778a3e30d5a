// A file of its own: real corpora are separate from generated test data.
import Foundation

/// The corpora that some tests need, in the folder `STIMMUNG_DATA`.
package enum TestData {
    package static let folder = ProcessInfo.processInfo.environment["STIMMUNG_DATA"]

    /// The folder of a corpus; nil if it is missing.
    package static func corpus(_ name: String) -> String? {
        folder.map { $0 + "/" + name }.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    /// The folder with samples of a file format, of every eighth recording of EmoDB, beside the corpora; nil if it is missing.
    package static func sample(_ format: String) -> String? { corpus("../formats/\(format)") }

    /// Ten recordings of EmoDB, from all speakers; empty if the corpus is missing.
    package static let emodb: [URL] = {
        guard let folder = corpus("emodb/wav").map({ URL(fileURLWithPath: $0) }) else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let recordings = files.filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path }
        guard recordings.count >= 10 else { return [] }
        return (0..<10).map { recordings[$0 * recordings.count / 10] }
    }()
}
