import Foundation
import StimmungTensors
import Testing

struct SafetensorsTests {
    private let example = Safetensors(
        metadata: ["format": "test", "quoted \"name\"": "line\nbreak, tab\t, \\ and ü 😀", "empty": ""],
        tensors: [
            .init(name: "layer.0/weights", shape: [2, 3], values: [1, -2, 3.5, .leastNonzeroMagnitude, .infinity, -0]),
            .init(name: "empty", shape: [0, 7], values: []),
            .init(name: "scalar", shape: [], values: [.greatestFiniteMagnitude]),
            .init(name: "Öhm", shape: [1, 1, 2], values: [.pi, -.infinity]),
        ])

    /// A file with exactly this header, and data.
    private func file(_ header: String, data: Int = 0, claiming length: UInt64? = nil) -> Data {
        var bytes = Data()
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { bytes.append(contentsOf: $0) }
        return bytes + Data(header.utf8) + Data(repeating: 0, count: data)
    }

    private func fault(_ data: Data) -> SafetensorsError? {
        do {
            _ = try Safetensors(decoding: data, file: "model.safetensors")
            return nil
        } catch {
            return error
        }
    }

    @Test func decodingUndoesEncoding() throws {
        let data = example.encoded()
        #expect(try Safetensors(decoding: data, file: "x") == example)
        #expect(data == Safetensors(metadata: example.metadata, tensors: example.tensors).encoded())
        // Data slices with non-zero start indices are read as well.
        #expect(try Safetensors(decoding: (Data([9, 9, 9]) + data).dropFirst(3), file: "x") == example)
        #expect(try Safetensors(decoding: Safetensors().encoded(), file: "x") == Safetensors())
    }

    @Test func bytesFollowTheLayout() {
        let data = Safetensors(metadata: ["b": "2", "a": "1"], tensors: [.init(name: "t", shape: [2], values: [1, -2])]).encoded()
        let json = #"{"__metadata__":{"a":"1","b":"2"},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let length = (json.utf8.count + 7) / 8 * 8
        let header = json + String(repeating: " ", count: length - json.utf8.count)
        #expect(data == Data([UInt8(length), 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8) + Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]))
    }

    @Test func nanKeepsItsBits() throws {
        let quiet = Float(bitPattern: 0x7FC1_2345)
        let read = try Safetensors(decoding: Safetensors(tensors: [.init(name: "n", shape: [1], values: [quiet])]).encoded(), file: "x")
        #expect(read["n"]?.values.map(\.bitPattern) == [0x7FC1_2345])
    }

    @Test func settingReplacesInPlace() {
        var file = example
        file.set(.init(name: "empty", shape: [1], values: [5]))
        file.set(.init(name: "new", shape: [], values: [6]))
        #expect(file.tensors.map(\.name) == ["layer.0/weights", "empty", "scalar", "Öhm", "new"])
        #expect(file["empty"]?.values == [5])
    }

    @Test func missingEntriesAreNamed() throws {
        #expect(try example.metadata("format", file: "m") == "test")
        #expect(try example.tensor("scalar", shape: [], file: "m").values == [.greatestFiniteMagnitude])
        #expect(throws: SafetensorsError.missingMetadata(file: "m", key: "kind")) { try example.metadata("kind", file: "m") }
        #expect(throws: SafetensorsError.missingTensor(file: "m", tensor: "bias")) { try example.tensor("bias", shape: [], file: "m") }
        #expect(throws: SafetensorsError.wrongShape(file: "m", tensor: "empty", shape: [0, 7], expected: [7])) {
            try example.tensor("empty", shape: [7], file: "m")
        }
    }

    @Test func foreignSpellingsAreRead() throws {
        // White space, escapes and a different order of keys are equivalent JSON; gaps between 8-byte boundaries are allowed.
        let header = """
            { "\\u0074\\/\\ud83d\\ude00" : {"shape":[ 1 ] , "data_offsets" : [4,8],"dtype":"F32"},
              "first":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "__metadata__":{} }
            """
        let read = try Safetensors(decoding: file(header, data: 8), file: "x")
        #expect(read.tensors.map(\.name) == ["first", "t/😀"])
    }

    @Test(arguments: [
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#, "outside the 8 bytes"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "outside the 8 bytes"),
        (#"{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "ends at 0"),
        (#"{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "take 4"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "ends at 8"),
        (#"{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "needs 12"),
        (#"{"t":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}"#, "needs 4"),
        (#"{"t":{"dtype":"F32","shape":[0],"data_offsets":[0,8]}}"#, "needs 0"),
        (#"{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "non-negative"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[-8,8]}}"#, "non-negative"),
        (#"{"t":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "integers"),
        (#"{"t":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#, "integers"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, "3 data_offsets"),
        (#"{"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, "size overflows"),
        (#"{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, "size overflows"),
        (#"{"t":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}"#, "too large"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "duplicate"),
        (#"{"t":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#, "duplicate"),
        (#"{"__metadata__":{"a":"1","\u0061":"2"}}"#, "duplicate"),
        (#"{"__metadata__":{"a":1}}"#, "a string for"),
        (#"{"__metadata__":null}"#, "start of its metadata"),
        (#"{"t":{"shape":[2],"data_offsets":[0,8]}}"#, "lacks"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, "unknown property"),
        (#"{"t":[]}"#, "start of tensor"),
        (#"[]"#, "start of its header"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, ", or }"),
        (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}"#, "end of its header"),
        (#"{"t"#, "ends within"),
        (#"{"\ud83d":{}}"#, "surrogate"),
        (#"{"\u+123":{}}"#, "hexadecimal"),
        (#"{"\x":{}}"#, "invalid escape"),
        ("{\"a\nb\":{}}", "control character"),
        ("not JSON at all", "start of its header"),
    ]) func wrongHeadersAreNamed(header: String, words: String) throws {
        let error = try #require(fault(file(header, data: 8)))
        #expect("\(error)".contains("model.safetensors") && "\(error)".contains(words), "\(error)")
    }

    /// bfloat16 keeps 8 bits of significance and rounds to the nearest, of two equally near ones to the even one.
    @Test func halvesAreRoundedAndReadBack() throws {
        let values: [Float] = [
            0, -0.0, 1, 1.00390625, 1.01171875, -3.1415927, Float(bitPattern: 0x10001), .greatestFiniteMagnitude, .infinity,
        ]
        let rounded = values.map(\.roundedToBFloat16)
        #expect(rounded == [0, -0.0, 1, 1, 1.015625, -3.140625, Float(bitPattern: 0x10000), .infinity, .infinity])
        #expect(Float.nan.roundedToBFloat16.isNaN)
        var random = RandomSource(seed: 3)
        for _ in 0..<1000 {
            let value = random.normal()
            let half = value.roundedToBFloat16
            #expect(abs(half - value) <= abs(value) / 256 && half.bitPattern & 0xFFFF == 0 && half.roundedToBFloat16 == half)
        }
        let tensors = [
            Safetensors.Tensor(name: "h", shape: [3, 3], values: rounded, type: .bf16), .init(name: "f", shape: [1], values: [0.1]),
        ]
        let bytes = Safetensors(tensors: tensors).encoded()
        let read = try Safetensors(decoding: bytes, file: "h")
        #expect(read.tensors == tensors && bytes.count < Safetensors(tensors: [tensors[1]]).encoded().count + 18 + 80)
    }

    @Test(arguments: ["F64", "F16", "I32", "U8", "BOOL", "f32", ""]) func otherTypesAreNamed(type: String) {
        let header = "{\"t\":{\"dtype\":\"\(type)\",\"shape\":[1],\"data_offsets\":[0,8]}}"
        #expect(fault(file(header, data: 8)) == .unsupportedType(file: "model.safetensors", tensor: "t", type: type))
    }

    @Test(arguments: [UInt64.max, 1 << 63, UInt64(Int64.max), 1 << 40, 100_000_001, 9]) func hugeHeadersAreRejected(length: UInt64) throws {
        let error = try #require(fault(file("{}      ", claiming: length)))
        #expect("\(error)".contains("claims \(length) bytes"))
    }

    @Test func invalidUnicodeIsRejected() {
        var bytes = file(#"{"__metadata__":{"a":"?"}}"#)
        bytes[8 + 22] = 0xFF
        #expect(fault(bytes) == .malformed(file: "model.safetensors", reason: "its header is not UTF-8 text"))
    }

    @Test func everyTruncationIsAnError() {
        let data = example.encoded()
        for count in 0..<data.count {
            #expect(fault(data.prefix(count)) != nil, "\(count) of \(data.count) bytes")
        }
    }

    /// Any damaged file is either an error or still a valid file; nothing crashes.
    @Test func damagedFilesNeverCrash() throws {
        let sound = example.encoded()
        let header = Int(sound[0]) + Int(sound[1]) << 8
        let marks = Array(#"{}[]",:\u0123456789-eE. "#.utf8)
        var random = RandomSource(seed: 11)
        var accepted = 0
        for variant in 0..<6000 {
            var data = sound
            for _ in 0...random.index(below: 3) {
                let place = variant % 4 == 0 ? random.index(below: data.count) : random.index(below: min(8 + header, data.count))
                switch random.index(below: 5) {
                case 0: data[place] ^= 1 << UInt8(random.index(below: 8))
                case 1: data[place] = UInt8(random.index(below: 256))
                case 2: data[place] = marks[random.index(below: marks.count)]
                case 3: data.remove(at: place)
                default: data.insert(marks[random.index(below: marks.count)], at: place)
                }
            }
            guard let read = try? Safetensors(decoding: data, file: "x") else { continue }
            accepted += 1
            for tensor in read.tensors { #expect(tensor.values.count == tensor.shape.reduce(1, *)) }
            // Compared as bytes: damaged data may contain NaN, which does not equal itself.
            let encoded = read.encoded()
            #expect(try Safetensors(decoding: encoded, file: "x").encoded() == encoded)
        }
        // Bit flips in data and names cannot be detected; most others are.
        #expect(accepted > 100 && accepted < 4000)
    }
}
