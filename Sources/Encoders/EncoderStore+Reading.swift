import StimmungSupport
import Synchronization

extension EncoderStore {
    /// What was read last: a front end is built several times, and reading takes tens of milliseconds.
    private static let read = Mutex<(key: Key, found: (encoder: WhisperEncoder, weights: String))?>(nil)

    private struct Key: Equatable {
        let path: String
        let blocks: [Int]
        let status: FileStatus
    }

    /// The encoder of this name, and what identifies its weights.
    ///
    /// - Throws: `EncoderError`.
    package func encoder(_ name: String, blocks: [Int]) throws(EncoderError) -> (encoder: WhisperEncoder, weights: String) {
        let path = path(of: name)
        guard Self.isName(name), let status = FileStatus(path: path) else { throw .notInstalled(name: name, file: path) }
        let key = Key(path: path, blocks: blocks, status: status)
        if let last = Self.read.withLock({ $0 }), last.key == key { return last.found }
        let weights = try WhisperWeights(contentsOf: path, blocks: blocks.last ?? 0)
        let found = (encoder: try WhisperEncoder(weights, blocks: blocks), weights: weights.identity)
        Self.read.withLock { $0 = (key, found) }
        return found
    }
}
