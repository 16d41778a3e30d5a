import Foundation
import Yams

extension Recipe {
    /// The recipes that ship with the package, by name.
    public static let shipped: [String: String] = [
        "lstm": PackageResources.lstm_yaml, "rectifier-lstm": PackageResources.rectifier_lstm_yaml,
    ].mapValues { String(decoding: $0, as: UTF8.self) }

    /// The names of the recipes that ship with the package.
    public static var shippedNames: [String] { shipped.keys.sorted() }

    /// A recipe that ships with the package, or the one in a YAML file at this path.
    ///
    /// Throws `RecipeError`, and what `validate` throws.
    public init(named name: String) throws {
        if let text = Recipe.shipped[name] {
            try self.init(yaml: text, file: name)
            return
        }
        guard name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") || FileManager.default.fileExists(atPath: name) else {
            throw RecipeError.unknown(name: name, shipped: Recipe.shippedNames)
        }
        let text: String
        do { text = try String(contentsOfFile: name, encoding: .utf8) } catch {
            let exists = FileManager.default.fileExists(atPath: name)
            throw RecipeError.unreadable(file: name, reason: exists ? "it is no UTF-8 text file" : "there is no such file")
        }
        try self.init(yaml: text, file: name)
    }

    /// The recipe that a YAML text describes.
    ///
    /// - Parameter file: its name, for errors.
    public init(yaml: String, file: String) throws {
        do { self = try YAMLDecoder().decode(Recipe.self, from: yaml) } catch let error as DecodingError {
            throw RecipeError(error, file: file)
        } catch let error as YamlError {
            throw RecipeError.malformed(file: file, at: "", reason: "\(error)".replacingOccurrences(of: "\n", with: " "))
        }
        try validate()
    }

    /// The recipe as YAML, every key written out; `init(yaml:file:)` reads it back.
    public var yaml: String {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = true
        do { return try encoder.encode(self) } catch { preconditionFailure("a recipe can always be written as YAML: \(error)") }
    }
}

extension RecipeError {
    /// What a decoder found wrong, in the words of a recipe.
    init(_ error: DecodingError, file: String) {
        func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + (key.map { [$0] } ?? [])).map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            self = .malformed(file: file, at: path(context), reason: "the key \(key.stringValue) is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            self = .malformed(
                file: file, at: path(context), reason: context.debugDescription.trimmingCharacters(in: CharacterSet(charactersIn: ". \n")))
        @unknown default:
            self = .malformed(file: file, at: "", reason: "\(error)")
        }
    }
}
