import Foundation
import StimmungSupport
import Yams

extension Recipe {
    /// The names of the built-in recipes, sorted.
    public static var builtInNames: [String] { Catalogue.names }

    /// A built-in recipe.
    ///
    /// - Throws: `RecipeError.unknown` if there is no built-in recipe with this name.
    public init(named name: String) throws(RecipeError) {
        guard let entry = Catalogue.entry(name) else { throw .unknown(name: name, known: Catalogue.names) }
        try self.init(parsing: entry.yaml, file: name)
    }

    /// Reads a recipe from a YAML file.
    public init(contentsOf path: String) throws(RecipeError) {
        try self.init(parsing: Recipe.text(ofFile: path), file: path)
    }

    /// Reads a recipe from a YAML file.
    public init(contentsOf file: URL) throws(RecipeError) {
        try self.init(contentsOf: file.path(percentEncoded: false))
    }

    /// Maximum size in bytes. A real recipe is about a page; parsing a huge text would take minutes, and model files may come from
    /// untrusted sources.
    static let longest = 100_000

    /// The text of a recipe file.
    package static func text(ofFile path: String) throws(RecipeError) -> String {
        guard Files.exists(path) else { throw .unreadable(file: path, reason: "no such file") }
        if isFolder(path) { throw .unreadable(file: path, reason: "it is a folder") }
        let data: Data
        do {
            // Reading one byte beyond the limit detects long files without reading all of them, even /dev/zero.
            data = try Files.read(path, atMost: longest + 1)
        } catch {
            throw .unreadable(file: path, reason: inSentence(error.reason))
        }
        if data.count > longest { throw .tooLong(path, longest) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadable(file: path, reason: "it is not a UTF-8 text file")
        }
        return text
    }

    /// Parses a recipe from YAML text.
    ///
    /// - Parameters:
    ///   - yaml: the text, of at most 100,000 bytes.
    ///   - file: the name to use in errors.
    /// - Throws: `RecipeError.unreadable` if the text is too long, `RecipeError.malformed` if it is not a recipe, `RecipeError.value` if a
    ///   value is out of range.
    public init(parsing yaml: String, file: String) throws(RecipeError) {
        if yaml.utf8.count > Recipe.longest { throw .tooLong(file, Recipe.longest) }
        do { self = try NodeDecoder.decode(from: yaml) } catch {
            let fault = YAMLFault(error)
            throw .malformed(file: file, at: fault.place, reason: fault.reason)
        }
        do { try validate() } catch {
            guard case .value(_, let key, let value, let allowed) = error else { throw error }
            throw .value(file: file, key: key, value: value, allowed: allowed)
        }
    }

    /// The recipe as YAML with every key; `init(parsing:file:)` reads it back.
    public var yaml: String {
        // Encoded via JSON, a subset of YAML: Yams' own encoder writes 0.9 in single precision as 8.99999976158142e-1.
        do {
            guard let node = try Yams.compose(yaml: jsonText(self)) else { preconditionFailure("a recipe is a mapping") }
            return try Yams.serialize(node: node.inBlocks)
        } catch { preconditionFailure("a recipe can always be written as YAML: \(error)") }
    }
}

extension Node {
    /// The same node in block style, without JSON's braces and quotes.
    fileprivate var inBlocks: Node {
        switch self {
        case .mapping(let mapping): Node(mapping.map { ($0.key.inBlocks, $0.value.inBlocks) }, .implicit, .block)
        case .sequence(let sequence): Node(sequence.map(\.inBlocks), .implicit, .block)
        // Yams quotes strings that would otherwise be read as numbers or Booleans.
        case .scalar(let scalar) where scalar.style == .doubleQuoted: .scalar(scalar.string.represented())
        case .scalar, .alias: self
        }
    }
}
