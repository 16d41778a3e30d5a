import StimmungFeatures
import Yams

extension FeatureOptions {
    /// Changes options by texts such as `melScale=htk` or `kinds=[fbank, energy]`, with the names and values of a recipe's features.
    ///
    /// Throws `RecipeError` for a text that sets no option, and what `validate` throws.
    package mutating func set(_ settings: [String]) throws {
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw RecipeError.setting(setting, reason: "write it as name=value") }
            do {
                guard var options = try Yams.compose(yaml: YAMLEncoder().encode(self)), let value = try Yams.compose(yaml: parts[1]) else {
                    throw RecipeError.setting(setting, reason: "it has no value")
                }
                options[parts[0]] = value
                self = try YAMLDecoder().decode(FeatureOptions.self, from: options)
            } catch {
                switch RecipeError.decoding(error, file: setting) {
                case RecipeError.malformed(_, let place, let reason):
                    throw RecipeError.setting(setting, reason: (place.isEmpty || place == parts[0] ? "" : "at \(place): ") + reason)
                case let other: throw other
                }
            }
        }
        try validate()
    }
}
