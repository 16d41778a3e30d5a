/// Why frames could not be kept, or not be had again.
package enum FrameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No temporary file in this folder, or no more room in it; with the system's reason, as "No space left on device".
    case cannotKeep(folder: String, reason: String)
    case cannotRead(folder: String, reason: String)

    package var description: String {
        switch self {
        case .cannotKeep(let folder, let reason):
            "features that are kept out of memory, in a temporary file in \(folder), cannot be written: \(reason). Make room there, or name another folder by TMPDIR."
        case .cannotRead(let folder, let reason):
            "features that are kept out of memory, in a temporary file in \(folder), cannot be read again: \(reason). Name a folder on another disk by TMPDIR."
        }
    }
}
