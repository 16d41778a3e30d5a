// A file of its own: it knows both kinds of files.

import Stimmung
import StimmungTensors

/// A model or a file of machines, as its metadata say.
package enum LearntFile: Sendable {
    case model(Model)
    case machines(PretrainedMachines)

    /// - Throws: `PretrainedMachines.Misfit` for a file of machines, `ModelError` for any other.
    package init(path: String) throws {
        let file = try Model.safetensors(path)
        if file.metadata["stimmung.machines"] != nil {
            self = .machines(try PretrainedMachines(file, path: path))
        } else {
            self = .model(try Model(file, path: path))
        }
    }
}
