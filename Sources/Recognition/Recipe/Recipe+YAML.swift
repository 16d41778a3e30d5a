import Foundation
import StimmungSupport
import Yams

extension Recipe {
    /// The names of the built-in recipes, sorted.
    public static var builtInNames: [String] { Catalogue.names }

    /// A built-in recipe.
    ///
    /// - Throws: `RecipeError.unknown` where there is none with this name.
    public init(named name: String) throws(RecipeError) {
        guard let entry = Catalogue.entry(name) else { throw .unknown(name: name, known: Catalogue.names) }
        try self.init(parsing: entry.yaml, file: name)
    }

    /// The recipe in a YAML file.
    public init(contentsOf path: String) throws(RecipeError) {
        try self.init(parsing: Recipe.text(ofFile: path), file: path)
    }

    /// The recipe in a YAML file.
    public init(contentsOf file: URL) throws(RecipeError) {
        try self.init(contentsOf: file.path(percentEncoded: false))
    }

    /// A recipe is a page. Reading a text of layer upon layer would take minutes, and a model file may come from anywhere.
    private static let longest = 100_000

    private static func text(ofFile path: String) throws(RecipeError) -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .unreadable(file: path, reason: "there is no such file")
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            // One byte more than is allowed shows that the file is too long, and /dev/zero ends.
            data = try handle.read(upToCount: longest + 1) ?? Data()
        } catch {
            throw .unreadable(file: path, reason: "it is a folder, or you may not read it")
        }
        if data.count > longest { throw .tooLong(path, longest) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadable(file: path, reason: "it is not UTF-8 text")
        }
        return text
    }

    /// The recipe in a YAML text.
    ///
    /// - Parameters:
    ///   - yaml: the text, of at most 100,000 bytes.
    ///   - file: the name to use in errors.
    /// - Throws: `RecipeError.unreadable` if the text is too long, `RecipeError.malformed`, `RecipeError.value`.
    public init(parsing yaml: String, file: String) throws(RecipeError) {
        if yaml.utf8.count > Recipe.longest { throw .tooLong(file, Recipe.longest) }
        do { self = try YAMLDecoder().decode(Recipe.self, from: Node.composed(yaml: yaml) ?? "") } catch {
            let fault = YAMLFault(error)
            throw .malformed(file: file, at: fault.place, reason: fault.reason)
        }
        do { try validate() } catch {
            guard case .value(_, let key, let value, let allowed) = error else { throw error }
            throw .value(file: file, key: key, value: value, allowed: allowed)
        }
    }

    /// The recipe as YAML, every key written out; `init(parsing:file:)` reads it back.
    public var yaml: String {
        // By way of JSON, which YAML contains: Yams' own encoder writes 0.9 in single precision as 8.99999976158142e-1.
        do {
            guard let node = try Yams.compose(yaml: jsonText(self)) else { preconditionFailure("a recipe is a mapping") }
            return try Yams.serialize(node: node.inBlocks)
        } catch { preconditionFailure("a recipe can always be written as YAML: \(error)") }
    }
}

extension Node {
    /// The same without JSON's braces and quotes.
    fileprivate var inBlocks: Node {
        switch self {
        case .mapping(let mapping): Node(mapping.map { ($0.key.inBlocks, $0.value.inBlocks) }, .implicit, .block)
        case .sequence(let sequence): Node(sequence.map(\.inBlocks), .implicit, .block)
        // Yams quotes what would else be read as a number or a yes.
        case .scalar(let scalar) where scalar.style == .doubleQuoted: .scalar(scalar.string.represented())
        case .scalar, .alias: self
        }
    }
}
