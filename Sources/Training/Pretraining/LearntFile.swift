// A file of its own: it knows both kinds of files.

import Stimmung
import StimmungTensors

/// A file of what was learnt, whichever kind it is: read once, and told by its metadata.
package enum LearntFile: Sendable {
    case model(Model)
    case machines(PretrainedMachines)

    /// - Throws: `PretrainedMachines.Misfit` for a file of machines, `ModelError` for any other.
    package init(path: String) throws {
        let file: Safetensors
        do { file = try Safetensors(path: path) } catch { throw ModelError.file(error) }
        if file.metadata["stimmung.machines"] != nil {
            self = .machines(try PretrainedMachines(file, path: path))
        } else {
            self = .model(try Model(file, path: path))
        }
    }
}
