import CStimmungModels
import Foundation
import StimmungTensors

extension Model {
    /// The model that ships with the program: `functionals-ensemble`, trained on EmoDB by
    ///
    ///     stimmung train functionals-ensemble --corpus data/emodb -o Sources/CModels/emodb.safetensors
    ///
    /// `docs/model-card.md` says what it can do, and what not.
    ///
    /// - Throws: `ModelError`; of a program that was built as it should be, never.
    package static func shipped() throws(ModelError) -> Model {
        let name = "the model in the program"
        // Bounds: the size is the array's own, and the array is part of the program.
        let data = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: cm_shipped_model_bytes()), count: cm_shipped_model_size, deallocator: .none)
        return try Model(Model.reading { () throws(SafetensorsError) in try Safetensors(decoding: data, file: name) }, path: name)
    }
}
