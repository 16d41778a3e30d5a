import StimmungEncoders
import StimmungSupport
import StimmungTensors

/// A tensor of an encoder, row-major.
struct EncoderTensor {
    let shape: [Int]
    let values: [Float]
}

/// A file that holds the weights of a Whisper encoder. Tensors have Whisper's names without `model.encoder.`; products are outputs × inputs.
protocol EncoderSource {
    var file: String { get }
    func holds(_ name: String) -> Bool
    func tensor(_ name: String) throws(EncoderInstallationError) -> EncoderTensor
}

/// A `model.safetensors` of a Whisper model, as published on model hubs.
struct WhisperCheckpoint: EncoderSource {
    private let checkpoint: SafetensorsFile
    private let prefix: String

    var file: String { checkpoint.path }

    init(path: String) throws(EncoderInstallationError) {
        let opened: SafetensorsFile
        do throws(SafetensorsError) { opened = try SafetensorsFile(path: path) } catch { throw .safetensors(error) }
        guard let prefix = ["model.encoder.", "encoder."].first(where: { opened.shape($0 + "conv1.weight") != nil }) else {
            throw .weights(file: path, reason: "it has no tensor model.encoder.conv1.weight")
        }
        checkpoint = opened
        self.prefix = prefix
    }

    func holds(_ name: String) -> Bool { checkpoint.shape(prefix + name) != nil }

    func tensor(_ name: String) throws(EncoderInstallationError) -> EncoderTensor {
        guard let shape = checkpoint.shape(prefix + name) else {
            throw .weights(file: file, reason: "it lacks the tensor \(prefix)\(name)")
        }
        do throws(SafetensorsError) { return EncoderTensor(shape: shape, values: try checkpoint.values(prefix + name)) } catch {
            throw .safetensors(error)
        }
    }
}

/// Collects and validates the tensors of an encoder file.
struct EncoderWeights {
    private let source: any EncoderSource
    private(set) var tensors: [Safetensors.Tensor] = []
    private(set) var width = 0

    /// - Parameters:
    ///   - source: where the weights are.
    ///   - blocks: number of attention blocks to keep, from the first.
    /// - Throws: `EncoderInstallationError` if a tensor is missing, has another shape, or is not finite.
    init(_ source: any EncoderSource, blocks: Int) throws(EncoderInstallationError) {
        self.source = source
        let held = Self.blocks(source)
        guard held > 0 else { throw .weights(file: source.file, reason: "it has no attention blocks") }
        guard (1...held).contains(blocks) else { throw .tooFewBlocks(file: source.file, held: held, wanted: blocks) }
        let first = try source.tensor("conv1.weight")
        guard first.shape.count == 3, first.shape[0] > 0, first.shape[0] <= WhisperWeights.widest,
            first.shape[0].isMultiple(of: WhisperWeights.head),
            (1...WhisperWeights.mostBands).contains(first.shape[1])
        else { throw .weights(file: source.file, reason: "conv1.weight has the shape \(first.shape)") }
        let d = first.shape[0]
        width = d
        try add("conv1.weight", [d, first.shape[1], 3])
        try add("conv1.bias", [d])
        try add("conv2.weight", [d, d, 3])
        try add("conv2.bias", [d])
        let positions = try source.tensor("embed_positions.weight")
        guard positions.shape.count == 2, (1...WhisperWeights.mostPositions).contains(positions.shape[0]) else {
            throw .weights(file: source.file, reason: "embed_positions.weight has the shape \(positions.shape)")
        }
        try add("embed_positions.weight", [positions.shape[0], d])
        for block in 0..<blocks {
            let layer = "layers.\(block)."
            for (name, outputs, inputs) in [
                ("self_attn.q_proj", d, d), ("self_attn.k_proj", d, d), ("self_attn.v_proj", d, d), ("self_attn.out_proj", d, d),
                ("fc1", 4 * d, d), ("fc2", d, 4 * d),
            ] {
                try add(layer + name + ".weight", [outputs, inputs])
                if name != "self_attn.k_proj" { try add(layer + name + ".bias", [outputs]) }
            }
            for name in ["self_attn_layer_norm.weight", "self_attn_layer_norm.bias", "final_layer_norm.weight", "final_layer_norm.bias"] {
                try add(layer + name, [d])
            }
        }
    }

    private mutating func add(_ name: String, _ shape: [Int]) throws(EncoderInstallationError) {
        let tensor = try source.tensor(name)
        guard tensor.shape == shape else {
            throw .weights(file: source.file, reason: "\(name) has the shape \(tensor.shape), but \(shape) is expected")
        }
        guard areFinite(tensor.values) else { throw .weights(file: source.file, reason: "\(name) contains NaN or infinity") }
        tensors.append(Safetensors.Tensor(name: name, shape: shape, values: tensor.values))
    }

    /// Number of attention blocks in the source.
    private static func blocks(_ source: any EncoderSource) -> Int {
        (0..<1000).first { !source.holds("layers.\($0).self_attn_layer_norm.weight") } ?? 1000
    }
}
