// A file of its own: an extension that every decoder of options uses.

extension Decoder {
    /// A container keyed by `keys` that rejects any other key: silently ignoring a misspelt option is worse than an error.
    ///
    /// - Parameter ignored: further keys to allow, which other code reads.
    /// - Throws: `DecodingError.dataCorrupted` if there is an unknown key.
    package func container<Keys: CodingKey & CaseIterable>(
        strictlyKeyedBy keys: Keys.Type, ignoring ignored: Set<String> = []
    ) throws -> KeyedDecodingContainer<Keys> {
        let names = try container(keyedBy: AnyKey.self)
        if let unknown = names.allKeys.first(where: { Keys(stringValue: $0.stringValue) == nil && !ignored.contains($0.stringValue) }) {
            let known = Keys.allCases.map(\.stringValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "unknown key \(unknown.stringValue); the keys are \(known)"))
        }
        return try container(keyedBy: keys)
    }
}

/// An enumeration of names, such as the values of an option. The error for any other value lists the names.
public protocol Choice: RawRepresentable<String>, CaseIterable, Codable {}

extension Choice {
    /// Decodes a raw value.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with the list of allowed names if the value is not one of them.
    public init(from decoder: any Decoder) throws {
        guard let name = try? decoder.singleValueContainer().decode(String.self), let choice = Self(rawValue: name) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: Self.allowed))
        }
        self = choice
    }

    fileprivate static var allowed: String { "must be one of \(allCases.map(\.rawValue).joined(separator: ", "))" }
}

extension KeyedDecodingContainer {
    /// Decodes into a property, which keeps its value if the key is missing.
    package func update<Value: Decodable>(_ property: inout Value, forKey key: Key) throws {
        if let value = try decodeIfPresent(Value.self, forKey: key) { property = value }
    }

    /// A list of choices; nil if the key is missing.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with the list of allowed names if the value is not a list of them.
    package func decodeIfPresent<Value: Choice>(listOf type: Value.Type, forKey key: Key) throws -> [Value]? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        guard (try? nestedUnkeyedContainer(forKey: key)) != nil else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: Value.allowed)
        }
        return try decode([Value].self, forKey: key)
    }
}

/// Any name as a key, such as a class label.
package struct AnyKey: CodingKey {
    package let stringValue: String
    package var intValue: Int? { nil }
    package init(stringValue: String) { self.stringValue = stringValue }
    package init?(intValue: Int) { nil }
}
