import StimmungNetworks
import StimmungSupport

/// The options of a recurrent layer in a recipe: the number of cells only, `lstm: 128`, or a mapping,
/// `rnn: {cells: 128, activation: rectifier, truncation: 50}`.
struct RecurrentRecipe {
    var cells: Int
    /// The activation of an `rnn`; nil for the default. Always nil for an LSTM.
    var activation: RNN.Activation?
    var truncation: Int?

    /// The error in this layer with the given key; nil if it is valid.
    func problem(_ key: String) -> RecipeError? {
        if !(1...8192).contains(cells) { return .value(key: "network.\(key)", value: "\(cells)", allowed: "1 to 8192 units") }
        guard let truncation, truncation < 1 else { return nil }
        return .value(key: "network.\(key).truncation", value: "\(truncation)", allowed: "1 or more frames")
    }
}

extension RecurrentRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case cells, activation, truncation
    }

    init(from decoder: any Decoder) throws {
        guard (try? decoder.container(keyedBy: CodingKeys.self)) != nil else {
            cells = try decoder.singleValueContainer().decode(Int.self)
            return
        }
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        cells = try keys.decode(Int.self, forKey: .cells)
        activation = try keys.decodeIfPresent(RNN.Activation.self, forKey: .activation)
        truncation = try keys.decodeIfPresent(Int.self, forKey: .truncation)
    }

    func encode(to encoder: any Encoder) throws {
        if activation == nil && truncation == nil {
            var value = encoder.singleValueContainer()
            try value.encode(cells)
            return
        }
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(cells, forKey: .cells)
        try keys.encodeIfPresent(activation, forKey: .activation)
        try keys.encodeIfPresent(truncation, forKey: .truncation)
    }
}
