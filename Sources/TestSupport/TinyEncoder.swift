import StimmungEncoders
import StimmungTensors

/// An encoder of made-up weights, as in Tests/EncodersTests/reference/whisper.py.
package struct TinyEncoder {
    private var state: UInt64 = 1
    package private(set) var tensors: [Safetensors.Tensor] = []
    package private(set) var samples: [Float] = []
    package static let width = 128
    package static let bands = 16

    package init(metadata: [String: String] = ["stimmung.encoder": "1", "name": "tiny"]) {
        self.metadata = metadata
        let (width, bands) = (Self.width, Self.bands)
        add("conv1.weight", [width, bands, 3], 0.3)
        add("conv1.bias", [width], 0.2)
        add("conv2.weight", [width, width, 3], 0.2)
        add("conv2.bias", [width], 0.2)
        add("embed_positions.weight", [100, width], 1)
        for block in 0..<2 {
            let prefix = "layers.\(block)."
            for name in ["self_attn_layer_norm", "final_layer_norm"] {
                add("\(prefix)\(name).weight", [width], 2)
                add("\(prefix)\(name).bias", [width], 0.2)
            }
            for name in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                add("\(prefix)self_attn.\(name).weight", [width, width], 0.5)
                if name != "k_proj" { add("\(prefix)self_attn.\(name).bias", [width], 0.2) }
            }
            add("\(prefix)fc1.weight", [4 * width, width], 0.4)
            add("\(prefix)fc1.bias", [4 * width], 0.2)
            add("\(prefix)fc2.weight", [width, 4 * width], 0.2)
            add("\(prefix)fc2.bias", [width], 0.2)
        }
        samples = numbers(9700, 0.5)
    }

    package var metadata: [String: String]

    private mutating func numbers(_ count: Int, _ scale: Double) -> [Float] {
        (0..<count).map { _ in
            state = (1_103_515_245 * state + 12345) % 0x8000_0000
            return Float((Double(state) / 0x8000_0000 - 0.5) * scale)
        }
    }

    private mutating func add(_ name: String, _ shape: [Int], _ scale: Double) {
        tensors.append(Safetensors.Tensor(name: name, shape: shape, values: numbers(shape.reduce(1, *), scale)))
    }

    package var file: Safetensors { Safetensors(metadata: metadata, tensors: tensors) }

    package func encoder(blocks: [Int] = [0, 1, 2], in folder: TemporaryFolder) throws -> WhisperEncoder {
        try file.write(path: folder.file("tiny.safetensors"))
        return try WhisperEncoder(WhisperWeights(contentsOf: folder.file("tiny.safetensors")), blocks: blocks)
    }

    /// Installs the encoder as whisper-tiny in this folder for the current task.
    @discardableResult
    package func installed<Result>(in folder: TemporaryFolder, _ body: () throws -> Result) throws -> Result {
        try file.write(path: folder.file("whisper-tiny.safetensors"))
        return try EncoderStore.$current.withValue(EncoderStore(folder: folder.path)) { try body() }
    }
}
