import StimmungSupport

/// A window of a recipe's network: `window: {left: 7, right: 7}` joins each frame with seven before and seven after it.
package struct WindowRecipe: Sendable, Equatable {
    package var left: Int
    package var right: Int

    package init(left: Int = 0, right: Int = 0) {
        self.left = left
        self.right = right
    }

    /// Frames that it joins.
    package var frames: Int { left + 1 + right }

    func validate() throws(RecipeError) {
        for (name, count) in [("left", left), ("right", right)] where !(0...1000).contains(count) {
            throw .value(key: "network.window.\(name)", value: "\(count)", allowed: "0 to 1000 frames")
        }
    }
}

extension WindowRecipe: Codable {
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
    /// Values that a layer may get for each frame.
    private static let widest = 65_536

    /// Checks what windows make of the layers above them, and of the crops of training.
    func validateWindows() throws(RecipeError) {
        var width = pretraining?.machines.last?.hidden ?? features.width
        for layer in network {
            guard case .window(let window) = layer else {
                width = layer.layers(inputs: width).last?.outputs ?? width
                continue
            }
            if window.frames > Recipe.widest / width {
                throw .value(
                    key: "network.window", value: "\(window.frames) frames of \(width) values",
                    allowed: "a window of at most \(Recipe.widest) values in all, so of \(Recipe.widest / width) frames here")
            }
            width *= window.frames
        }
        for case .window(let window) in network {
            let seconds = Double(window.frames) * features.hop
            // Half a frame of tolerance, since a crop is rounded to whole frames.
            if training.crop > 0, training.crop < seconds - features.hop / 2 {
                throw .value(
                    key: "training.crop", value: "\(training.crop)",
                    allowed: "0 (whole utterances), or at least the \(window.frames) frames of the network's window, \(seconds) seconds")
            }
        }
    }
}
