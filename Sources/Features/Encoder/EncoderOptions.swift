import StimmungEncoders
import StimmungSupport

/// Which speech encoder the features are from, and how its frames are used.
///
/// In a file, `encoder: {name: whisper-tiny, blocks: [1, 2], pooled: 20}`.
package struct EncoderOptions: Sendable, Equatable, Codable {
    /// Name of the installed encoder. Default `whisper-tiny`.
    package var name = "whisper-tiny"
    /// The blocks whose outputs are used, side by side; 0 is the input of the first. Default 1 and 2.
    package var blocks = [1, 2]
    /// Values per frame of the encoder. Default 384, as whisper-tiny.
    package var width = 384
    /// Mean and deviation of the frames at most this many decibels below the loud ones, as one row; nil: the frames themselves, each
    /// 20 ms. Default nil.
    package var pooled: Double?
    /// Identifies the weights. A front end refuses others; nil accepts any. Training writes it into the model.
    package var weights: String?

    package init() {}

    package init(from decoder: any Decoder) throws {
        let options = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        name = try options.decodeIfPresent(String.self, forKey: .name) ?? name
        blocks = try options.decodeIfPresent([Int].self, forKey: .blocks) ?? blocks
        width = try options.decodeIfPresent(Int.self, forKey: .width) ?? width
        pooled = try options.decodeIfPresent(Double.self, forKey: .pooled)
        weights = try options.decodeIfPresent(String.self, forKey: .weights)
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, blocks, width, pooled, weights
    }

    /// Seconds from one frame to the next.
    static let hop = 0.02
    /// Frames of a window of the encoder at most, which a frame may depend on.
    static let window = 400

    /// Values per frame of all blocks.
    var frameWidth: Int { blocks.count * width }

    /// The names of the columns of a row.
    var columnNames: [String] {
        let names = blocks.flatMap { block in (0..<width).map { "block\(block)_\($0)" } }
        return pooled == nil ? names : names.map { $0 + "_mean" } + names.map { $0 + "_deviation" }
    }
}

extension EncoderOptions {
    /// The encoder, and what identifies its weights.
    func installed() throws(FeatureError) -> (encoder: WhisperEncoder, weights: String) {
        let found: (encoder: WhisperEncoder, weights: String)
        guard let store = EncoderStore.current else { throw .encoder(.notInstalled(name: name, file: name)) }
        do { found = try store.encoder(name, blocks: blocks) } catch { throw .encoder(error) }
        if let weights, weights != found.weights {
            throw .encoder(
                .otherWeights(name: name, file: store.path(of: name), found: found.weights, expected: weights))
        }
        guard found.encoder.width == frameWidth else {
            throw .option(
                name: "encoder.width", value: "\(width)", allowed: "\(found.encoder.width / blocks.count), as the encoder \(name)")
        }
        return found
    }
}

extension FeatureOptions {
    /// The options of frames that are the samples of each hop of an encoder.
    var samplesOfHops: FeatureOptions {
        var options = self
        options.encoder = nil
        options.deltas = 0
        options.kinds = [.samples]
        options.windowLength = options.hop
        return options
    }

    /// Checks the options of the encoder.
    func validate(_ encoder: EncoderOptions) throws(FeatureError) {
        try require(EncoderStore.isName(encoder.name), "encoder.name", encoder.name, "the name of an encoder")
        let blocks = encoder.blocks
        let isOrdered = zip(blocks, blocks.dropFirst()).allSatisfy { $0 < $1 }
        try require(
            !blocks.isEmpty && isOrdered && blocks.allSatisfy { (0...100).contains($0) }, "encoder.blocks", "\(blocks)",
            "numbers from 0 to 100 in increasing order")
        try require((1...4096).contains(encoder.width), "encoder.width", "\(encoder.width)", "1 to 4096")
        try require(sampleRate == 16_000, "sampleRate", "\(sampleRate)", "16000 with an encoder")
        if let pooled = encoder.pooled {
            try require(pooled > 0 && pooled <= 200, "encoder.pooled", "\(pooled)", "above 0 to 200 dB")
        } else {
            try require(functionals == nil, "functionals", "true", "false with the frames of an encoder; use encoder.pooled")
            try require(hop == EncoderOptions.hop, "hop", "\(hop)", "0.02 with the frames of an encoder")
        }
    }
}
