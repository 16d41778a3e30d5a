// A file of its own: an extension that every decoder of options uses.

extension Decoder {
    /// A container keyed by `keys` that has no other key: a misspelt option that changes nothing is worse than an error.
    package func container<Keys: CodingKey & CaseIterable>(strictlyKeyedBy keys: Keys.Type) throws -> KeyedDecodingContainer<Keys> {
        let names = try container(keyedBy: AnyKey.self)
        if let unknown = names.allKeys.first(where: { Keys(stringValue: $0.stringValue) == nil }) {
            let known = Keys.allCases.map(\.stringValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "there is no key \(unknown.stringValue); there are \(known)"))
        }
        return try container(keyedBy: keys)
    }
}

/// Any name at all.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
