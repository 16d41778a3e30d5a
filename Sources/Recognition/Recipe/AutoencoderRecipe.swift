import StimmungSupport

/// The auto-encoder part of a recipe: pre-trains the sigmoid, tanh and rectifier layers without labels, one by one from the lowest up, as a
/// stacked auto-encoder, before the network is trained with labels; see `AutoencoderTraining`.
package struct AutoencoderRecipe: Sendable, Equatable {
    /// Passes over the frames per layer.
    package var epochs = 10
    /// Frames per step.
    package var batch = 256
    package var learningRate: Float = 0.001
    /// Whether the decoder shares the encoder's weights.
    package var tied = true
    /// Standard deviation of the noise on a layer's inputs, in units of their own standard deviation; 0 for none.
    package var noise: Float = 0

    package init() {}

    func validate(_ network: [LayerRecipe]) throws(RecipeError) {
        let check = ValueCheck(prefix: "autoencoder")
        try check((1...100_000).contains(epochs), ".epochs", epochs, "1 to 100000")
        try check((1...1_000_000).contains(batch), ".batch", batch, "1 to 1000000 frames")
        try check(learningRate > 0 && learningRate.isFinite, ".learningRate", learningRate, "a number above 0")
        try check(noise >= 0 && noise.isFinite, ".noise", noise, "a deviation of at least 0")
        try check(network.contains(where: \.isDense), "", "without a layer to train", "a network with a sigmoid, tanh or rectifier layer")
    }
}

extension AutoencoderRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case epochs, batch, learningRate, tied, noise
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        epochs = try keys.decodeIfPresent(Int.self, forKey: .epochs) ?? epochs
        batch = try keys.decodeIfPresent(Int.self, forKey: .batch) ?? batch
        learningRate = try keys.decodeIfPresent(Float.self, forKey: .learningRate) ?? learningRate
        tied = try keys.decodeIfPresent(Bool.self, forKey: .tied) ?? tied
        noise = try keys.decodeIfPresent(Float.self, forKey: .noise) ?? noise
    }
}
