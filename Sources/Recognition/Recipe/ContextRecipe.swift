import StimmungSupport

/// The context of a frame in a recipe's network: `window: {left: 7, right: 7}` joins each frame with seven before and seven after it.
package struct ContextRecipe: Sendable, Equatable {
    package var left: Int
    package var right: Int

    package init(left: Int = 0, right: Int = 0) {
        self.left = left
        self.right = right
    }

    /// Number of frames in a window.
    package var frames: Int { left + 1 + right }

    /// The error in this layer with the given key; nil if it is valid.
    func problem(_ key: String) -> RecipeError? {
        guard let (side, count) = [("left", left), ("right", right)].first(where: { !(0...1000).contains($0.1) }) else { return nil }
        return .value(key: "network.\(key).\(side)", value: "\(count)", allowed: "0 to 1000 frames")
    }
}

extension ContextRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case left, right
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        self.init(
            left: try keys.decodeIfPresent(Int.self, forKey: .left) ?? 0, right: try keys.decodeIfPresent(Int.self, forKey: .right) ?? 0)
    }
}

extension Recipe {
    /// Maximum number of inputs per frame of a layer.
    private static let widest = 65_536

    /// Checks the width of contexts, and that a training crop is at least as long as a context.
    func validateContexts() throws(RecipeError) {
        var width = pretraining?.machines.last?.hidden ?? features.width
        for layer in network {
            guard case .context(let context) = layer else {
                width = layer.layers(inputs: width).last?.outputs ?? width
                continue
            }
            if context.frames > Recipe.widest / width {
                throw .value(
                    key: "network.window", value: "\(context.frames) frames of \(width) values",
                    allowed: "a window of at most \(Recipe.widest) values in all, here \(Recipe.widest / width) frames")
            }
            width *= context.frames
        }
        for case .context(let context) in network {
            let seconds = Double(context.frames) * features.hop
            // Half a frame of tolerance, because a crop is rounded to whole frames.
            if training.crop > 0, training.crop < seconds - features.hop / 2 {
                throw .value(
                    key: "training.crop", value: "\(training.crop)",
                    allowed: "0 (whole utterances), or at least the \(context.frames) frames of the network's window, \(seconds) seconds")
            }
        }
    }
}
