import StimmungSupport

/// Why a recipe cannot be used.
public enum RecipeError: Equatable {
    /// No built-in recipe has this name; `known` lists those that exist.
    case unknown(name: String, known: [String])
    /// The file cannot be read, is larger than 100,000 bytes, or is not UTF-8 text. `reason` is a clause.
    case unreadable(file: String, reason: String)
    /// The text is no recipe: a wrong type, an unknown key, a missing one, or no YAML at all.
    case malformed(file: String, at: String, reason: String)
    /// A value out of its range; `file` is nil for a recipe made in a program.
    case value(file: String? = nil, key: String, value: String, allowed: String)
    /// A text such as `melScale=htk` that sets no option of the features.
    case setting(_ text: String, reason: String)

    static func tooLong(_ file: String, _ limit: Int) -> RecipeError {
        .unreadable(file: file, reason: "it has more than \(limit) bytes, and a recipe is a page")
    }
}

/// Checks the values of one part of a recipe.
struct ValueCheck {
    /// The start of every key, such as `training.`.
    let prefix: String

    /// - Throws: `RecipeError.value` unless the value fits.
    func callAsFunction(_ fits: Bool, _ key: String, _ value: some CustomStringConvertible, _ allowed: String) throws(RecipeError) {
        if !fits { throw .value(key: prefix + key, value: "\(value)", allowed: allowed) }
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
            "The recipe \(file) is wrong\(at.isEmpty ? "" : " at \(at)"): \(reason)."
        case .value(let file?, let key, let value, let allowed):
            "The recipe \(file) is wrong at \(key): it is \(value); allowed is \(allowed)."
        case .value(nil, let key, let value, let allowed): "The recipe's \(key) is \(value); allowed is \(allowed)."
        case .setting(let text, let reason): "\(text) is wrong: \(reason)."
        }
    }
}
