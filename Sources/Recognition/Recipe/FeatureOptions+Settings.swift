import Features
import Yams

extension FeatureOptions {
    /// Changes options by texts such as `melScale=htk` or `kinds=[fbank, energy]`, with the names and values of a recipe's features.
    ///
    /// Throws `RecipeError` for a text that sets no option, and what `validate` throws.
    public mutating func set(_ settings: [String]) throws {
        guard !settings.isEmpty else { return }
        var lines: [String] = []
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw RecipeError.malformed(file: "option --set", at: setting, reason: "write it as name=value") }
            lines.append("\(parts[0]): \(parts[1])")
        }
        do {
            var node = try YAMLEncoder().encode(self)
            let own = Set(settings.compactMap { $0.split(separator: "=").first.map(String.init) })
            node = node.split(separator: "\n").filter { line in !own.contains { line.hasPrefix("\($0):") } }.joined(separator: "\n")
            self = try YAMLDecoder().decode(FeatureOptions.self, from: node + "\n" + lines.joined(separator: "\n"))
        } catch let error as DecodingError {
            throw RecipeError(error, file: "option --set")
        } catch let error as YamlError {
            throw RecipeError.malformed(file: "option --set", at: "", reason: "\(error)")
        }
        try validate()
    }
}
