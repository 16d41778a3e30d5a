import Foundation
import StimmungONNX
import StimmungEncoders
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

import StimmungEncoderInstallation

struct EncoderInstallationTests {
    private let folder: TemporaryFolder
    private let store: EncoderStore

    init() throws {
        folder = try TemporaryFolder()
        store = EncoderStore(folder: folder.file("encoders"))
    }

    private func install(_ file: String, blocks: Int = 2) throws -> InstalledEncoder {
        var installation = EncoderInstallation(store: store)
        installation.file = file
        installation.blocks = blocks
        return try installation.run()
    }

    /// The error of installing a changed graph, which must leave nothing behind.
    private func fault(_ change: (inout TinyGraph) -> Void) throws -> EncoderInstallationError? {
        var tiny = TinyGraph()
        change(&tiny)
        let file = try folder.write("m.onnx", tiny.bytes)
        do {
            _ = try install(file)
            return nil
        } catch {
            #expect(store.names.isEmpty && ((try? Files.names(in: store.folder)) ?? []).isEmpty)
            return error as? EncoderInstallationError
        }
    }

    @Test func productsAreDequantisedAndTransposed() throws {
        let encoder = try install(try folder.write("m.onnx", TinyGraph().bytes))
        #expect(encoder.blocks == 2 && encoder.width == 64 && store.names == ["whisper-tiny"])
        let file = try Safetensors(path: encoder.path)
        #expect(file.metadata["stimmung.encoder"] == "1" && file.metadata["source"] == "m.onnx")
        for name in ["self_attn.k_proj", "self_attn.q_proj"] {
            let values = try file.tensor("layers.1.\(name).weight", shape: [64, 64], file: encoder.path).values
            // Row 3 of the file is column 3 of the graph, with its scale and zero point.
            let expected = (0..<64).map { (input) -> Float in
                let raw = Float(Int8(bitPattern: UInt8(truncatingIfNeeded: (input * 64 + 3) * 7)))
                return (raw - 1) * (4 / 1024)
            }
            #expect(Array(values[(3 * 64)..<(4 * 64)]) == expected)
        }
        #expect(file["layers.0.self_attn.k_proj.bias"] == nil && file["layers.0.fc1.weight"]?.shape == [256, 64])
    }

    /// Two nodes that list an input 2000 and 10,000 times would have had 20 million results.
    @Test func repeatedInputsOfANodeCountOnce() throws {
        var tiny = TinyGraph()
        tiny.node("QuantizeLinear", [String](repeating: "layers.0.fc1_product", count: 2000), ["many"])
        tiny.node("DequantizeLinear", [String](repeating: "many", count: 10_000), ["results"])
        #expect(try install(try folder.write("m.onnx", tiny.bytes)).blocks == 2)
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        let file = try folder.write("m.onnx", TinyGraph().bytes)
        let first = try install(file)
        #expect(try install(file) == first)
        #expect(SHA256.hex(ofFile: first.path) == first.checksum)
    }

    @Test func onlyTheBlocksAskedForAreKept() throws {
        let file = try folder.write("m.onnx", TinyGraph().bytes)
        #expect(try install(file, blocks: 1).blocks == 1)
        #expect(throws: EncoderInstallationError.tooFewBlocks(file: file, held: 2, wanted: 3)) { try install(file, blocks: 3) }
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = TinyGraph().bytes
        for count in stride(from: 0, to: bytes.count, by: bytes.count / 97) {
            let file = try folder.write("m.onnx", bytes.prefix(count))
            #expect(throws: EncoderInstallationError.self) { try install(file) }
        }
    }

    @Test func hostileGraphsAreRefused() throws {
        #expect(try fault { $0.graph.initializer[0].dims = [1 << 40, 64] }?.code == "encoder.malformed")
        #expect(try fault { $0.graph.initializer[0].dims = [-1, -512] }?.code == "encoder.malformed")
        #expect(try fault { $0.graph.initializer[0].dims = [] }?.code == "encoder.malformed")
        #expect(try fault { $0.graph.initializer[0].dataLocation = .external }?.code == "encoder.malformed")
        #expect(try fault { $0.graph.initializer[0].externalData = [Onnx_StringStringEntryProto()] }?.code == "encoder.malformed")
        #expect(try fault { $0.graph.initializer[0].floatData[5] = .nan }?.code == "encoder.weights")
        #expect(try fault { $0.graph.initializer.append($0.graph.initializer[0]) }?.code == "encoder.malformed")
        #expect(try fault { $0.node("Add", ["a"], ["y_conv1"]) }?.code == "encoder.malformed")
        #expect(try fault { $0.graph.node.removeAll { $0.opType == "MatMul" } }?.code == "encoder.other-graph")
        #expect(try fault { $0.graph.initializer = [] }?.code == "encoder.weights")
        #expect(try fault { $0.graph.node = (0..<60_000).map { _ in Onnx_NodeProto() } }?.code == "encoder.malformed")
        // A cycle of quantisers.
        let cycle = try fault { tiny in
            tiny.graph.node.removeAll { $0.opType == "Add" }
            tiny.node("QuantizeLinear", ["layers.0.fc1_product"], ["c"])
            tiny.node("DequantizeLinear", ["c"], ["layers.0.fc1_product"])
        }
        #expect(cycle?.code == "encoder.malformed")
    }

    @Test(arguments: [Safetensors.ElementType.f32, .bf16, .f16], ["model.encoder.", "encoder."])
    func checkpointsOfModelHubsAreRead(type: Safetensors.ElementType, prefix: String) throws {
        let first = try Safetensors(path: install(try folder.write("m.onnx", TinyGraph().bytes)).path)
        let tensors = first.tensors.map { tensor in
            // Values that every format has.
            let values = tensor.values.indices.map { Float($0 % 9) / 4 }
            return Safetensors.Tensor(name: prefix + tensor.name, shape: tensor.shape, values: values, type: type)
        }
        try Safetensors(tensors: tensors).write(path: folder.file("model.safetensors"))
        let encoder = try install(folder.file("model.safetensors"))
        let read = try Safetensors(path: encoder.path)
        #expect(read.tensors.map(\.values) == tensors.map(\.values) && read.tensors.allSatisfy { $0.type == .f32 })
        #expect(read.tensors.map { prefix + $0.name } == tensors.map(\.name))
    }

    @Test func foreignFilesAreNamed() throws {
        let text = try folder.write("notes.txt", "hello")
        #expect(throws: EncoderInstallationError.unknownFormat(file: text)) { try install(text) }
        let wheel = try folder.write("x.whl", ZIPFixture(name: DefaultEncoder.entry).bytes)
        #expect { try install(wheel) } throws: { ($0 as? EncoderInstallationError)?.code == "encoder.wrong-hash" }
        let other = try folder.write("x.whl", ZIPFixture().bytes)
        #expect { try install(other) } throws: { ($0 as? EncoderInstallationError)?.code == "encoder.archive" }
        try Safetensors(tensors: [.init(name: "a", shape: [1], values: [1])]).write(path: folder.file("a.safetensors"))
        #expect { try install(folder.file("a.safetensors")) } throws: { ($0 as? EncoderInstallationError)?.code == "encoder.weights" }
        #expect { try install(folder.file("missing")) } throws: { ($0 as? EncoderInstallationError)?.code == "encoder.unreadable" }
    }

    @Test(arguments: ["", "..", ".hidden", "a/b", "-x", "ä", String(repeating: "a", count: 65)]) func namesStayInTheFolder(name: String) {
        #expect(!EncoderStore.isName(name))
        let missing = EncoderInstallationError.notInstalled(name: name, file: nil, installed: [])
        #expect(throws: missing) { try store.remove(name) }
        #expect(throws: missing) { try InstalledEncoder(name, in: store) }
        #expect(!missing.description.contains("no file"))
    }

    @Test func theDataFolderFollowsTheXDGRule() {
        #expect(UserData.folder(environment: ["XDG_DATA_HOME": "/d", "HOME": "/h"]) == "/d/stimmung")
        #expect(UserData.folder(environment: ["XDG_DATA_HOME": "relative", "HOME": "/h"]) == "/h/.local/share/stimmung")
        #expect(UserData.folder(environment: [:]) == nil)
    }

    /// Golden: `reference/dequantise.py` finds every tensor of this file equal to that of the PyPI package onnx, bit by bit.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["STIMMUNG_ENCODER_WHEEL"]?.isEmpty == false,
            "STIMMUNG_ENCODER_WHEEL does not name the wheel of pipecat-ai 1.14.0"))
    func theDefaultEncoderHasItsGoldenChecksum() throws {
        let encoder = try install(try #require(ProcessInfo.processInfo.environment["STIMMUNG_ENCODER_WHEEL"]))
        #expect(encoder.checksum == "649db81a60496da70dfdf52450c66d03064e196d4915f8836461ac0bfc3b4e70")
        #expect(encoder.blocks == 2 && encoder.width == 384)
    }
}
