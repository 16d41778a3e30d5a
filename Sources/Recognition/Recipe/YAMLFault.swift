import Foundation
import StimmungNetworks
import Yams

/// A readable description of a YAML decoding error.
package struct YAMLFault {
    /// `training.epochs`, `network.2` for the second element of a list, or a line; empty for the whole text.
    package let place: String
    package let reason: String

    private init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    package init(_ error: any Error) {
        switch error {
        case let error as YamlError: self.init(error)
        case let error as DecodingError: self.init(error)
        default: self.init("", "\(error)")
        }
    }

    private init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            self.init("line \(mark.line), column \(mark.column)", "invalid YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            self.init("line \(context.mark.line)", "duplicate key \(keys.sorted().joined(separator: ", "))")
        default: self.init("", "invalid YAML: \(error)")
        }
    }

    private init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(Self.path(context), "missing key \(key.stringValue)")
        case .typeMismatch(let type, let context):
            if let error = context.underlyingError as? YamlError {
                self.init(error)
            } else {
                self.init(Self.path(context), "expected \(Self.words(for: type))")
            }
        case .valueNotFound(_, let context), .dataCorrupted(let context):
            if let error = context.underlyingError as? YamlError {
                self.init(error)
            } else {
                let words = context.debugDescription.trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
                self.init(Self.path(context), words)
            }
        @unknown default: self.init("", "\(error)")
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

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }.joined(separator: ".")
    }
}
