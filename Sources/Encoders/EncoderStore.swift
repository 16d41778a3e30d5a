import Foundation
import StimmungSupport
import Synchronization

/// The installed encoders: files in the user's data folder.
package enum EncoderStore {
    /// `$XDG_DATA_HOME/stimmung/encoders`, or `~/.local/share/stimmung/encoders`.
    @TaskLocal package static var folder = UserData.folder + "/encoders"

    /// Where the encoder with this name is.
    package static func file(of name: String) -> String { "\(folder)/\(name).safetensors" }

    /// What has been read: a front end is built several times, and reading takes tens of milliseconds.
    private static let read = Mutex<[Key: (encoder: WhisperEncoder, weights: String)]>([:])

    private struct Key: Hashable {
        let path: String
        let blocks: [Int]
        let status: FileStatus
    }

    /// The installed encoder of this name, and what identifies its weights.
    ///
    /// - Throws: `EncoderError`.
    package static func encoder(_ name: String, blocks: [Int]) throws(EncoderError) -> (encoder: WhisperEncoder, weights: String) {
        let path = file(of: name)
        guard let status = FileStatus(path: path) else { throw .notInstalled(name: name, file: path) }
        let key = Key(path: path, blocks: blocks, status: status)
        if let known = read.withLock({ $0[key] }) { return known }
        let weights = try WhisperWeights(contentsOf: path, blocks: blocks.last ?? 0)
        let found = (encoder: try WhisperEncoder(weights, blocks: blocks), weights: weights.identity)
        read.withLock { $0 = [key: found] }
        return found
    }
}
