import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// The learned parameters of a Whisper encoder, from an encoder file.
///
/// The file is a safetensors file with Whisper's names for the encoder's tensors, without their prefix `model.encoder.`: `conv1.weight`
/// (`width × bands × 3`), `conv2.weight` (`width × width × 3`), `embed_positions.weight` (`positions × width`), and for each block n
/// `layers.n.self_attn.q_proj.weight` (outputs × inputs) and so on. Metadata: `stimmung.encoder`, the format's version; `name`, `source`, `licence`.
package struct WhisperWeights: Sendable {
    /// The version of the file format, and the metadata entry that holds it.
    package static let format = "1"
    package static let formatKey = "stimmung.encoder"

    /// Mel bands.
    package let bands: Int
    /// Values per frame, d.
    package let width: Int
    /// Rows of the position table: the frames of a window.
    package let positions: Int
    /// Values per attention head.
    package static let head = 64
    /// The most mel bands, and the most rows of the position table; Whisper has 128 and 1500.
    package static let mostBands = 1024
    package static let mostPositions = 1 << 16
    /// Largest width: that of the largest Whisper is 1280.
    package static let widest = 4096

    let first: Convolution
    let second: Convolution
    /// `positions × width`.
    let position: [Float]
    package let blocks: [Block]
    /// The metadata of the file.
    package let metadata: [String: String]

    /// A convolution over three frames.
    struct Convolution: Sendable {
        let weights: WeightMatrix
        let bias: [Float]
    }

    /// A pre-norm transformer block.
    package struct Block: Sendable {
        let attentionNorm, finalNorm: (weight: [Float], bias: [Float])
        let queries, keys, values: WeightMatrix
        /// Keys have none.
        let queryBias, valueBias: [Float]
        let output: WeightMatrix
        let outputBias: [Float]
        let expansion: WeightMatrix
        let expansionBias: [Float]
        let contraction: WeightMatrix
        let contractionBias: [Float]
    }

    /// Reads an encoder file, at most `wanted` of its blocks, and validates every value.
    package init(contentsOf path: String, blocks wanted: Int = .max) throws(EncoderError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path: path) } catch {
            if case .malformed = error, !Safetensors.isLikely(path) {
                throw .notAnEncoder(file: path, reason: "it is not a safetensors file")
            }
            throw .file(error)
        }
        try self.init(file, path: path, blocks: wanted)
    }

    init(_ file: SafetensorsFile, path: String, blocks wanted: Int = .max) throws(EncoderError) {
        guard let format = file.metadata[Self.formatKey] else {
            throw .notAnEncoder(file: path, reason: "it has no metadata entry stimmung.encoder")
        }
        guard format == Self.format else { throw .otherVersion(file: path, found: format) }
        var hashes = ""
        func values(_ name: String, _ shape: [Int]) throws(EncoderError) -> [Float] {
            guard let found = file.shape(name) else { throw .file(.missingTensor(file: path, tensor: name)) }
            guard found == shape else { throw .file(.wrongShape(file: path, tensor: name, shape: found, expected: shape)) }
            let values: [Float]
            do { values = try file.values(name) } catch { throw .file(error) }
            guard values.withUnsafeBufferPointer({ ck_within($0.count, .greatestFiniteMagnitude, $0.baseAddress) != 0 }) else {
                throw .notAnEncoder(file: path, reason: "the tensor \(name) has values that are no numbers")
            }
            hashes += "\(name) \(values.withUnsafeBytes { ContentHash($0).text })\n"
            return values
        }
        guard let input = file.shape("conv1.weight"), input.count == 3, let table = file.shape("embed_positions.weight"), table.count == 2
        else { throw .notAnEncoder(file: path, reason: "it has no convolution and no table of positions") }
        let (width, bands) = (input[0], input[1])
        guard width > 0, width % Self.head == 0, width <= Self.widest, (1...Self.mostBands).contains(bands),
            (1...Self.mostPositions).contains(table[0])
        else {
            throw .notAnEncoder(
                file: path, reason: "\(bands) bands, \(width) values per frame and \(table[0]) positions are not those of Whisper")
        }
        let held = (0...1000).first { file.shape("layers.\($0).fc1.weight") == nil } ?? 0
        guard held > 0 else { throw .notAnEncoder(file: path, reason: "it has no blocks") }

        func affine(_ name: String, _ inputs: Int, _ outputs: Int) throws(EncoderError) -> WeightMatrix {
            WeightMatrix(outputs: outputs, inputs: inputs, values: try values(name + ".weight", [outputs, inputs]))
        }
        func norm(_ name: String) throws(EncoderError) -> (weight: [Float], bias: [Float]) {
            (try values(name + ".weight", [width]), try values(name + ".bias", [width]))
        }
        func convolution(_ name: String, inputs: Int) throws(EncoderError) -> Convolution {
            Convolution(
                weights: WeightMatrix(outputs: width, inputs: inputs, taps: 3, values: try values(name + ".weight", [width, inputs, 3])),
                bias: try values(name + ".bias", [width]))
        }
        self.width = width
        self.bands = bands
        positions = table[0]
        metadata = file.metadata
        first = try convolution("conv1", inputs: bands)
        second = try convolution("conv2", inputs: width)
        position = try values("embed_positions.weight", table)
        var blocks: [Block] = []
        for number in 0..<min(held, wanted) {
            let prefix = "layers.\(number)."
            let attention = prefix + "self_attn."
            blocks.append(
                Block(
                    attentionNorm: try norm(prefix + "self_attn_layer_norm"), finalNorm: try norm(prefix + "final_layer_norm"),
                    queries: try affine(attention + "q_proj", width, width), keys: try affine(attention + "k_proj", width, width),
                    values: try affine(attention + "v_proj", width, width), queryBias: try values(attention + "q_proj.bias", [width]),
                    valueBias: try values(attention + "v_proj.bias", [width]), output: try affine(attention + "out_proj", width, width),
                    outputBias: try values(attention + "out_proj.bias", [width]),
                    expansion: try affine(prefix + "fc1", width, 4 * width), expansionBias: try values(prefix + "fc1.bias", [4 * width]),
                    contraction: try affine(prefix + "fc2", 4 * width, width), contractionBias: try values(prefix + "fc2.bias", [width])))
        }
        self.blocks = blocks
        // How many the file holds, which may be more than were read.
        self.held = held
        identity = ContentHash(hashes).text
    }

    /// Identifies the values that were read.
    package let identity: String
    /// Blocks that the file holds.
    package let held: Int
}
