import StimmungSupport

/// An error in a recipe.
public enum RecipeError: Equatable {
    /// No built-in recipe has this name; `known` lists the existing ones.
    case unknown(name: String, known: [String])
    /// The file cannot be read, is larger than 100,000 bytes, or is not UTF-8 text. `reason` is a clause.
    case unreadable(file: String, reason: String)
    /// The text is not a recipe: a wrong type, an unknown or missing key, or invalid YAML.
    case malformed(file: String, at: String, reason: String)
    /// A value is out of range; `file` is nil for a recipe built in code.
    case value(file: String? = nil, key: String, value: String, allowed: String)
    /// A text such as `melScale=htk` does not set a feature option.
    case setting(_ text: String, reason: String)

    static func tooLong(_ file: String, _ limit: Int) -> RecipeError {
        .unreadable(file: file, reason: "it has more than \(limit) bytes, too many for a recipe")
    }
}

/// Checks the values of one part of a recipe.
struct ValueCheck {
    /// The prefix of every key, such as `training.`.
    let prefix: String

    /// - Throws: `RecipeError.value` if the value does not fit.
    func callAsFunction(
        _ fits: Bool, _ key: String, _ value: @autoclosure () -> some CustomStringConvertible, _ allowed: @autoclosure () -> String
    ) throws(RecipeError) {
        if !fits { throw .value(key: prefix + key, value: "\(value())", allowed: allowed()) }
    }
}

extension RecipeError: StimmungError, UsageError {
    public var code: String {
        switch self {
        case .unknown: "recipe.unknown"
        case .unreadable: "recipe.unreadable"
        case .malformed: "recipe.malformed"
        case .value: "recipe.value"
        case .setting: "recipe.setting"
        }
    }

    package var isUsage: Bool {
        if case .unreadable = self { false } else { true }
    }

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "\"\(name)\" is not a built-in recipe. "
                + (suggestion(for: name, among: known).map { "Did you mean \"\($0)\"? " } ?? "")
                + "Use one of \(known.joined(separator: ", ")), or the path of a YAML file."
        case .unreadable(let file, let reason): "The recipe \(file) cannot be read: \(reason)."
        case .malformed(let file, let at, let reason):
            "The recipe \(file) is invalid\(at.isEmpty ? "" : " at \(at)"): \(reason)."
        case .value(let file?, let key, let value, let allowed):
            "The recipe \(file) is invalid: \(key) is \(value); allowed: \(allowed)."
        case .value(nil, let key, let value, let allowed): "The recipe's \(key) is \(value); allowed: \(allowed)."
        case .setting(let text, let reason): "\(text) is invalid: \(reason)."
        }
    }
}
