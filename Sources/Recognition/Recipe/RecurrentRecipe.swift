import StimmungNetworks
import StimmungSupport

/// How a recurrent layer is written in a recipe: the number of cells alone, `lstm: 128`, or where it has more to say a mapping,
/// `rnn: {cells: 128, activation: rectifier, truncation: 50}`.
struct RecurrentRecipe {
    var cells: Int
    /// Of an `rnn`; nil is the default, and all that LSTM has.
    var activation: RNN.Activation?
    var truncation: Int?

    func validate(_ name: String) throws(RecipeError) {
        if !(1...8192).contains(cells) { throw .value(key: "network.\(name)", value: "\(cells)", allowed: "1 to 8192 units") }
        if let truncation, truncation < 1 {
            throw .value(key: "network.\(name).truncation", value: "\(truncation)", allowed: "1 or more frames")
        }
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
