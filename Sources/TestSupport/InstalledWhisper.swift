// A file of its own: what several test targets skip tests by.

import Foundation

/// The speech encoder that some tests need.
package enum InstalledWhisper {
    /// The file of the encoder whisper-tiny: `STIMMUNG_ENCODER`, or that of the user's data folder; nil if there is none.
    package static let file: String? = {
        let environment = ProcessInfo.processInfo.environment
        let data = environment["XDG_DATA_HOME"] ?? environment["HOME"].map { $0 + "/.local/share" }
        let candidates = [environment["STIMMUNG_ENCODER"], data.map { $0 + "/stimmung/encoders/whisper-tiny.safetensors" }]
        return candidates.compactMap(\.self).first { FileManager.default.fileExists(atPath: $0) }
    }()
}
