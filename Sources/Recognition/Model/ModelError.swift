import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// An error in reading or writing a model file.
public enum ModelError: Equatable {
    /// The file cannot be read or written, or a tensor or metadata entry is missing or malformed.
    case file(SafetensorsError)
    /// The file is of another format, such as a recording or a text.
    case notSafetensors(file: String)
    /// The file is a safetensors file, but its metadata or arrays are not those of a model. `reason` is a clause.
    case notAModel(file: String, reason: String)
    /// The name or the file is a recipe, with which a model can be trained.
    case isRecipe(file: String)
    /// The file contains Boltzmann machines, on top of which a model can be trained.
    case holdsMachines(file: String)
    /// The model file has the format version `found`, which this version of the package does not support.
    case otherVersion(file: String, found: String)
    /// The model's features need the version `found` of the front end, which is newer than this version of the package.
    case otherFrontEnd(file: String, found: Int)
    /// The model has been adapted to a voice or source and cannot be written.
    case isAdapted(file: String)
}

extension ModelError: StimmungError {
    public var code: String {
        switch self {
        case .file: "model.file"
        case .notSafetensors: "model.not-safetensors"
        case .notAModel: "model.not-a-model"
        case .isRecipe: "model.is-recipe"
        case .holdsMachines: "model.holds-machines"
        case .otherVersion: "model.other-version"
        case .otherFrontEnd: "model.other-front-end"
        case .isAdapted: "model.is-adapted"
        }
    }

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notSafetensors(let file): "\(file) is not a Stimmung model: it is not a safetensors file."
        case .notAModel(let file, let reason): "\(file) is not a Stimmung model: \(reason)."
        case .isRecipe(let file): "\(file) is not a Stimmung model: it is a recipe."
        case .holdsMachines(let file): "\(file) is not a Stimmung model: it holds Boltzmann machines."
        case .otherVersion(let file, let found):
            "\(file) has the model format \(found), and this version reads format \(Model.format). Train the model again, or use the version that wrote it."
        case .otherFrontEnd(let file, let found):
            "\(file) needs version \(found) of the front end, and this version has \(FrontEnd.version). Use the version that wrote it, or a newer one."
        case .isAdapted(let file):
            "\(file) is not written: the model has been adapted to a voice or source. Write the model without them, and a voice as a file of its own."
        }
    }
}
