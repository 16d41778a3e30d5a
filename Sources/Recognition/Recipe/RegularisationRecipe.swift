import StimmungSupport

/// A penalty or a limit on the norms of weights: one entry of a recipe's `regularisation`; see `Regulariser`.
///
///     regularisation:
///       - {norm: 1, penalty: 0.0001}                # λ ‖w‖_1 of the weights of all layers
///       - {norm: 2, limit: 10, layers: [1, 3]}      # ‖w‖_2 ≤ C for the first and the third entry of network
package struct RegularisationRecipe: Sendable, Equatable {
    /// p of the norm.
    package var norm: Float
    /// Weight λ of the penalty; nil with a `limit`.
    package var penalty: Float?
    /// Limit C; nil with a `penalty`.
    package var limit: Float?
    /// Entries of the recipe's `network`, counted from 1; the output layer has the number after the last entry. nil means all trained
    /// weights.
    package var layers: [Int]?

    package init(norm: Float, penalty: Float? = nil, limit: Float? = nil, layers: [Int]? = nil) {
        self.norm = norm
        self.penalty = penalty
        self.limit = limit
        self.layers = layers
    }

    func validate(_ network: [LayerRecipe]) throws(RecipeError) {
        let entries = network.count
        let check = ValueCheck(prefix: "regularisation")
        try check(norm >= 1 && norm <= 100, ".norm", norm, "1 to 100")
        try check(
            (penalty == nil) != (limit == nil), "", penalty == nil ? "without penalty and limit" : "with both penalty and limit",
            "either a penalty or a limit in each entry")
        if let penalty { try check(penalty >= 0 && penalty.isFinite, ".penalty", penalty, "a number of at least 0") }
        if let limit { try check(limit > 0 && limit.isFinite, ".limit", limit, "a number above 0") }
        guard let layers else { return }
        try check(!layers.isEmpty, ".layers", "empty", "at least one layer, or leave the key out for all")
        for layer in layers {
            try check(
                (1...entries + 1).contains(layer), ".layers", layer,
                "1 to \(entries + 1): an entry of network, or \(entries + 1) for the output layer")
            let hasWeights = layer > entries || network[layer - 1].layers(inputs: 1).contains { $0.parameters.contains(where: \.isWeight) }
            try check(hasWeights, ".layers", layer, "an entry of network with weights")
        }
    }
}

extension RegularisationRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case norm, penalty, limit, layers
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        self.init(
            norm: try keys.decode(Float.self, forKey: .norm), penalty: try keys.decodeIfPresent(Float.self, forKey: .penalty),
            limit: try keys.decodeIfPresent(Float.self, forKey: .limit), layers: try keys.decodeIfPresent([Int].self, forKey: .layers))
    }
}
