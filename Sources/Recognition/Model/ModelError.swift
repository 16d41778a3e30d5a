import StimmungSupport
import StimmungTensors

/// Why a model file cannot be used.
public enum ModelError: Equatable {
    case file(SafetensorsError)
    case notAModel(file: String, reason: String)
    /// The name or the file is a recipe, which a model can be trained by.
    case isRecipe(file: String)
    /// The file holds Boltzmann machines, which a model can be trained on.
    case holdsMachines(file: String)
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
