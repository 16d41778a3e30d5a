import StimmungSupport
import StimmungTensors

/// An error in reading or writing a model file.
public enum ModelError: Equatable {
    /// The file cannot be read or written, or a tensor or metadata entry is missing or malformed.
    case file(SafetensorsError)
    /// The file is a safetensors file, but its metadata or arrays are not those of a model. `reason` is a clause.
    case notAModel(file: String, reason: String)
    /// The name or the file is a recipe, with which a model can be trained.
    case isRecipe(file: String)
    /// The file contains Boltzmann machines, on top of which a model can be trained.
    case holdsMachines(file: String)
    /// The model file has the format version `found`, which this version of the package does not support.
    case otherVersion(file: String, found: String)
}

extension ModelError: StimmungError {
    public var code: String {
        switch self {
        case .file: "model.file"
        case .notAModel: "model.not-a-model"
        case .isRecipe: "model.is-recipe"
        case .holdsMachines: "model.holds-machines"
        case .otherVersion: "model.other-version"
        }
    }

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notAModel(let file, let reason): "\(file) is no Stimmung model: \(reason)."
        case .isRecipe(let file): "\(file) is no Stimmung model: it is a recipe."
        case .holdsMachines(let file): "\(file) is no Stimmung model: it holds Boltzmann machines."
        case .otherVersion(let file, let found):
            "\(file) has the model format \(found), and this program reads format \(Model.format): train it anew or take the program that wrote it."
        }
    }
}
