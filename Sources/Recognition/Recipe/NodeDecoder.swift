import Yams

/// Decodes values from a YAML text.
///
/// The decoder of Yams looks up at run time which of its protocols each type conforms to, and each answer takes a search of all conformances in the
/// program: 2 of 27 ms of recognising one recording (AMD EPYC, Zen 4, 2026-11-28).
package struct NodeDecoder: Decoder {
    private let node: Node
    package let codingPath: [any CodingKey]
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    private init(_ node: Node, at path: [any CodingKey] = []) {
        self.node = node
        codingPath = path
    }

    /// Decodes a text, whose numbers are those of YAML 1.2 (`Node.composed`).
    ///
    /// - Throws: `DecodingError`, `YamlError`
    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from yaml: String) throws -> Value {
        try decode(type, from: Node.composed(yaml: yaml) ?? "")
    }

    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from node: Node) throws -> Value {
        try Value(from: NodeDecoder(node))
    }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let mapping = node.mapping else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(Keyed(members: mapping.members, decoder: self))
    }

    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = node.sequence else { throw mismatch([Any].self) }
        return Unkeyed(elements: elements, decoder: self)
    }

    package func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    private func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "another kind of value"))
    }

    private func child(_ node: Node, _ key: any CodingKey) -> NodeDecoder { NodeDecoder(node, at: codingPath + [key]) }
}

extension NodeDecoder: SingleValueDecodingContainer {
    package func decodeNil() -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    package func decode<Value: Decodable & ScalarConstructible>(_ type: Value.Type) throws -> Value {
        guard let scalar = node.scalar else { throw mismatch(Node.Scalar.self) }
        guard let value = Value.construct(from: scalar) else { throw mismatch(type) }
        return value
    }

    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}

extension NodeDecoder {
    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [(name: String, value: Node)]
        let decoder: NodeDecoder

        var codingPath: [any CodingKey] { decoder.codingPath }
        var allKeys: [Key] { members.compactMap { Key(stringValue: $0.name) } }

        func contains(_ key: Key) -> Bool { members.contains { $0.name == key.stringValue } }

        private func child(_ key: Key) throws -> NodeDecoder {
            guard let member = members.first(where: { $0.name == key.stringValue }) else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "missing key"))
            }
            return decoder.child(member.value, key)
        }

        func decodeNil(forKey key: Key) throws -> Bool { try child(key).decodeNil() }

        func decode<Value: Decodable & ScalarConstructible>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try child(key).decode(type)
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try child(key).decode(type) }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
            try child(key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try child(key).unkeyedContainer() }

        func superDecoder() throws -> any Decoder { decoder }

        func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let elements: Node.Sequence
        let decoder: NodeDecoder
        private(set) var currentIndex = 0

        var codingPath: [any CodingKey] { decoder.codingPath }
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        /// Takes the next element if `body` returns.
        private mutating func next<Value>(_ body: (NodeDecoder) throws -> Value) throws -> Value {
            let key = Position(index: currentIndex)
            guard !isAtEnd else {
                throw DecodingError.valueNotFound(Value.self, .init(codingPath: codingPath + [key], debugDescription: "missing element"))
            }
            let value = try body(decoder.child(elements[currentIndex], key))
            currentIndex += 1
            return value
        }

        mutating func decodeNil() throws -> Bool {
            guard !isAtEnd, decoder.child(elements[currentIndex], Position(index: currentIndex)).decodeNil() else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable & ScalarConstructible>(_ type: Value.Type) throws -> Value {
            try next { try $0.decode(type) }
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next { try $0.decode(type) } }

        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
            try next { try $0.container(keyedBy: type) }
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next { try $0.unkeyedContainer() } }

        mutating func superDecoder() throws -> any Decoder { try next { $0 } }
    }

    /// The position of an element in a list.
    private struct Position: CodingKey {
        let index: Int

        init(index: Int) { self.index = index }

        var stringValue: String { "Index \(index)" }
        var intValue: Int? { index }
        init?(stringValue: String) { nil }
        init?(intValue: Int) { index = intValue }
    }
}

extension Node.Mapping {
    /// The members by name, with those of merged mappings (`<<`) where the mapping itself has none of the name. Of two, the first counts.
    fileprivate var members: [(name: String, value: Node)] {
        let own = filter { !$0.key.isMerge }.compactMap { key, value in key.scalar.map { ($0.string, value) } }
        let merged = filter { $0.key.isMerge }.flatMap { _, value in
            (value.mapping.map { [$0] } ?? value.sequence?.compactMap(\.mapping) ?? []).flatMap(\.members)
        }
        return own + merged.filter { member in !own.contains { $0.0 == member.name } }
    }
}

extension Node {
    fileprivate var isMerge: Bool { scalar?.string == "<<" && scalar?.style == .plain }
}
