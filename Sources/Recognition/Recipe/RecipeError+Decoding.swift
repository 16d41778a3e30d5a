import Foundation
import StimmungFeatures
import StimmungNetworks
import Yams

extension RecipeError {
    static func tooLong(_ file: String, _ limit: Int) -> RecipeError {
        .unreadable(file: file, reason: "it has more than \(limit) bytes, and a recipe is a page")
    }

    /// What a decoder found wrong, in the words of a recipe; another error as it is.
    static func decoding(_ error: any Error, file: String) -> any Error {
        switch error {
        case let error as YamlError: malformed(error, file: file)
        case let error as DecodingError: malformed(error, file: file)
        default: error
        }
    }

    private static func malformed(_ error: YamlError, file: String) -> RecipeError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            .malformed(file: file, at: "line \(mark.line), column \(mark.column)", reason: "this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            .malformed(
                file: file, at: "line \(context.mark.line)", reason: "the key \(keys.sorted().joined(separator: ", ")) stands there twice")
        default:
            .malformed(file: file, at: "", reason: "this is no YAML: \(error)")
        }
    }

    private static func malformed(_ error: DecodingError, file: String) -> RecipeError {
        switch error {
        case .keyNotFound(let key, let context):
            return .malformed(file: file, at: path(context), reason: "the key \(key.stringValue) is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            if let error = context.underlyingError as? YamlError { return malformed(error, file: file) }
            // A layer is no name of one of several things, though "window" is one among the features.
            let isLayer = context.codingPath.first?.stringValue == "network" && context.codingPath.count <= 3
            let key = isLayer ? nil : context.codingPath.last { $0.intValue == nil }?.stringValue
            if let allowed = key.flatMap({ choices[$0] }) {
                return .malformed(file: file, at: path(context), reason: "allowed is \(allowed.joined(separator: ", "))")
            }
            if case .typeMismatch(let type, _) = error {
                return .malformed(file: file, at: path(context), reason: "\(words(for: type)) is needed here")
            }
            let reason = context.debugDescription.trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
            return .malformed(file: file, at: path(context), reason: reason)
        @unknown default:
            return .malformed(file: file, at: "", reason: "\(error)")
        }
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Double.Type, is Float.Type: "a number"
        case is Bool.Type: "true or false"
        case is Node.Sequence.Type, is [Any].Type: "a list"
        case is Node.Mapping.Type, is [String: Any].Type: "a mapping of keys to values"
        default: "a single value"
        }
    }

    /// `training.epochs`, and `network.2` for the second of a list.
    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }.joined(separator: ".")
    }

    /// What the keys that name one of several things may be; a decoder only says what they may not.
    private static let choices = [
        "window": names(WindowFunction.self), "melScale": names(MelScale.self), "kinds": names(FeatureKind.self),
        "normalisation": names(Normalisation.self), "optimiser": names(OptimiserKind.self), "schedule": names(Schedule.self),
        "classWeights": names(TrainingRecipe.ClassWeights.self), "decision": names(Decision.self),
        "loss": names(FrameLoss.Kind.self), "activation": names(RNN.Activation.self),
    ]

    private static func names<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> [String] {
        Choice.allCases.map(\.rawValue)
    }
}
