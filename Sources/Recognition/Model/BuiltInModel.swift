import CStimmungModels
import Foundation
import StimmungSupport
import StimmungTensors

/// The models in the program. Both were trained on EmoDB; `docs/model-card.md` describes their abilities and limits.
public enum BuiltInModel: String, Sendable, CaseIterable {
    /// `functionals-live`: needs nothing else, and is meant for voices like those of its corpus. Trained by
    ///
    ///     stimmung train functionals-live --corpus data/emodb -o Sources/CStimmungModels/emodb.safetensors
    case functionals
    /// `encoder`: better for other voices, rooms and languages. Needs the speech encoder that `stimmung encoder install` fetches. Trained by
    ///
    ///     stimmung train encoder --corpus data/emodb -o Sources/CStimmungModels/encoder.safetensors
    case encoder
}

extension Model {
    /// A model in the program.
    ///
    /// - Throws: `ModelError` if the program was built incorrectly.
    public static func builtIn(_ which: BuiltInModel = .functionals) throws(ModelError) -> Model {
        let name = "the model in the program"
        let (bytes, count): (UnsafePointer<UInt8>?, Int) =
            switch which {
            case .functionals: (csm_built_in_model_bytes(), csm_built_in_model_size)
            case .encoder: (csm_encoder_model_bytes(), csm_encoder_model_size)
            }
        // Bounds: the size is that of the array, which is part of the program.
        let data = bytes.map { Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: count, deallocator: .none) } ?? Data()
        let file = try Model.reading { () throws(SafetensorsError) in try Safetensors(decoding: data, file: name) }
        return try Model(file, path: name, defersVoices: true)
    }
}
