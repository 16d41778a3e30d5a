import StimmungFeatures
import Yams

extension FeatureOptions {
    /// Sets options from texts such as `melScale=htk` or `kinds=[fbank, energy]`, with the names and values used in recipes.
    ///
    /// - Throws: `RecipeError.setting` if a text does not set an option, `FeatureError.option` if a value is invalid.
    public mutating func set(_ settings: [String]) throws {
        for setting in settings { try set(setting) }
        try validate()
    }

    private mutating func set(_ setting: String) throws(RecipeError) {
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw .setting(setting, reason: "write it as name=value") }
        let value: Node?
        do {
            value = try Node.composed(yaml: parts[1])
            if let value, var options = try Yams.compose(yaml: YAMLEncoder().encode(self)) {
                options[parts[0]] = value
                self = try NodeDecoder.decode(from: options)
            }
        } catch {
            let fault = YAMLFault(error)
            throw .setting(setting, reason: (fault.place.isEmpty || fault.place == parts[0] ? "" : "at \(fault.place): ") + fault.reason)
        }
        if value == nil { throw .setting(setting, reason: "it has no value") }
    }

    /// The names of all options that have a value, and the values in the form that `set` takes.
    package var settings: [(name: String, value: String)] {
        do {
            guard let options = try Yams.compose(yaml: YAMLEncoder().encode(self))?.mapping else { return [] }
            return options.map { ($0.key.string ?? "", $0.value.setting) }
        } catch { preconditionFailure("options can always be written as YAML: \(error)") }
    }
}

extension Node {
    /// The node on one line. Yams writes a Float with too many digits, so numbers are formatted again.
    fileprivate var setting: String {
        switch self {
        case .mapping(let mapping): "{" + mapping.map { "\($0.key.setting): \($0.value.setting)" }.joined(separator: ", ") + "}"
        case .sequence(let sequence): "[" + sequence.map(\.setting).joined(separator: ", ") + "]"
        case .scalar(let scalar):
            Float(scalar.string).map { number in Int(exactly: number).map { "\($0)" } ?? "\(number)" } ?? scalar.string
        case .alias: ""
        }
    }
}
