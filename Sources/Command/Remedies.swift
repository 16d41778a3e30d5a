import Stimmung

/// A failure that has no type of its own: the message says all.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// An error's own words, and what the user can do about it with this program.
func userMessage(for error: any Error) -> String {
    if case RecipeError.setting = error { return "Option --set \(error)" }
    return "\(error)" + (remedy(for: error).map { " " + $0 } ?? "")
}

/// What the user can do about an error with this program: a sentence that names commands and options, which the errors themselves, being those of
/// libraries, do not; nil where the error says all.
func remedy(for error: any Error) -> String? {
    switch error {
    case let error as ModelError: remedy(for: error)
    case let error as RecogniserError: remedy(for: error)
    default: nil
    }
}

private func remedy(for error: ModelError) -> String? {
    switch error {
    case .isRecipe(let file): "\"stimmung train \(file) --corpus … -o M.safetensors\" makes a model by it."
    case .holdsMachines: "Train a model on them with \"stimmung train --machines\"."
    default: nil
    }
}

private func remedy(for error: RecogniserError) -> String? {
    switch error {
    case .needsOtherRecordings: "Train a model with --normalisation train."
    case .notFinite: nil
    }
}
