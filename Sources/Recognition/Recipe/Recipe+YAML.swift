import Foundation
import StimmungFeatures
import StimmungSupport
import Yams

extension Recipe {
    /// The recipes that ship with the package, by name.
    package static let shipped: [String: String] = [
        "lstm": PackageResources.lstm_yaml, "rectifier-lstm": PackageResources.rectifier_lstm_yaml,
        "crbm-lstm": PackageResources.crbm_lstm_yaml, "stacked-crbm-lstm": PackageResources.stacked_crbm_lstm_yaml,
        "rbm-mlp": PackageResources.rbm_mlp_yaml,
        "rnn": PackageResources.rnn_yaml, "blstm": PackageResources.blstm_yaml, "rectifier-blstm": PackageResources.rectifier_blstm_yaml,
        "mlp": PackageResources.mlp_yaml, "pretrained-mlp": PackageResources.pretrained_mlp_yaml,
        "functionals-mlp": PackageResources.functionals_mlp_yaml, "functionals-ensemble": PackageResources.functionals_ensemble_yaml,
    ].mapValues { String(decoding: $0, as: UTF8.self) }

    /// The names of the recipes that ship with the package.
    package static var shippedNames: [String] { shipped.keys.sorted() }

    /// A recipe that ships with the package, or the one in a YAML file at this path.
    ///
    /// Throws `RecipeError`, and what `validate` throws.
    package init(named name: String) throws {
        if let text = Recipe.shipped[name] {
            try self.init(yaml: text, file: name)
            return
        }
        guard name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") || FileManager.default.fileExists(atPath: name) else {
            throw RecipeError.unknown(name: name, shipped: Recipe.shippedNames)
        }
        try self.init(yaml: Recipe.text(ofFile: name), file: name)
    }

    /// A recipe is a page. Reading a text of layer upon layer would take minutes, and a model file may come from anywhere.
    private static let longest = 100_000

    private static func text(ofFile path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw RecipeError.unreadable(file: path, reason: "there is no such file")
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            // One byte more than is allowed shows that the file is too long, and /dev/zero ends.
            data = try handle.read(upToCount: longest + 1) ?? Data()
        } catch {
            throw RecipeError.unreadable(file: path, reason: "it is a folder, or you may not read it")
        }
        if data.count > longest { throw RecipeError.tooLong(path, longest) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw RecipeError.unreadable(file: path, reason: "it is no UTF-8 text file")
        }
        return text
    }

    /// The recipe that a YAML text describes.
    ///
    /// - Parameter file: its name, for errors.
    package init(yaml: String, file: String) throws {
        if yaml.utf8.count > Recipe.longest { throw RecipeError.tooLong(file, Recipe.longest) }
        do { self = try YAMLDecoder().decode(Recipe.self, from: yaml) } catch { throw RecipeError.decoding(error, file: file) }
        do { try validate() } catch RecipeError.value(_, let key, let value, let allowed) {
            throw RecipeError.value(file: file, key: key, value: value, allowed: allowed)
        } catch FeatureError.option(let name, let value, let allowed) {
            throw RecipeError.value(file: file, key: "features.\(name)", value: value, allowed: allowed)
        }
    }

    /// The recipe as YAML, every key written out; `init(yaml:file:)` reads it back.
    package var yaml: String {
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
