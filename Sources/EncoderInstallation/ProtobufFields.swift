/// The top-level fields of a serialised protobuf message, without decoding nested messages.
///
/// It finds the parts of a large message that are worth decoding: decoding everything can need a hundred times the memory of the file.
/// Source: the protobuf encoding, https://protobuf.dev/programming-guides/encoding/.
struct ProtobufFields {
    struct Failure: Error, Equatable { let reason: String }

    struct Field {
        let number: Int
        /// The content of a length-delimited field; nil for numbers.
        let content: Range<Int>?
    }

    private let bytes: [UInt8]
    private var place: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end of the message.
    mutating func next() throws(Failure) -> Field? {
        guard place < end else { return nil }
        let tag = try varint()
        let number = Int(tag >> 3)
        guard number > 0, tag <= UInt64(UInt32.max) else { throw Failure(reason: "invalid field at byte \(place)") }
        switch tag & 7 {
        case 0:
            _ = try varint()
            return Field(number: number, content: nil)
        case 1: return try skipped(8, number)
        case 5: return try skipped(4, number)
        case 2:
            let length = try varint()
            guard length <= UInt64(end - place) else {
                throw Failure(reason: "field \(number) claims \(length) bytes, but only \(end - place) follow")
            }
            let content = place..<(place + Int(length))
            place = content.upperBound
            return Field(number: number, content: content)
        default: throw Failure(reason: "field \(number) has an unknown type")
        }
    }

    private mutating func skipped(_ count: Int, _ number: Int) throws(Failure) -> Field {
        guard end - place >= count else { throw Failure(reason: "it ends within field \(number)") }
        place += count
        return Field(number: number, content: nil)
    }

    private mutating func varint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard place < end else { throw Failure(reason: "it ends within a number") }
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Failure(reason: "a number is too long")
    }
}
