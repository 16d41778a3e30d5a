import StimmungAudio
import StimmungNetworks
import StimmungSupport

/// A layer of a recipe, written as a mapping with one key: `lstm: 128`.
///
/// To add a layer, add a case, its key, and a line each in `definition` and `init(from:)`.
package enum LayerRecipe: Sendable, Equatable {
    /// A peephole LSTM; `truncation` in frames, as in `RNN`.
    case lstm(cells: Int, truncation: Int? = nil)
    /// Two peephole LSTMs, one forward and one backward in time, with `cells` cells each.
    case blstm(cells: Int, truncation: Int? = nil)
    /// A plain recurrent layer.
    case rnn(cells: Int, activation: RNN.Activation = .tanh, truncation: Int? = nil)
    /// A dense layer with rectifier units.
    case rectifier(units: Int)
    /// Dropout.
    case dropout(rate: Float)
    /// A dense layer with sigmoid units.
    case sigmoid(units: Int)
    /// A dense layer with tanh units.
    case tanh(units: Int)
    /// Each frame with its neighbours: the key `window`.
    case context(ContextRecipe)
    /// Gaussian noise in training, with this standard deviation.
    case noise(deviation: Float)
    /// Batch normalisation; `movement` is the update rate of the running statistics.
    case batchNormalisation(movement: Float)
    /// Clips values to −limit … limit.
    case clip(limit: Float)

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case lstm, blstm, rnn, rectifier, dropout
        case sigmoid, tanh
        case context = "window"
        case noise, batchNormalisation, clip
    }

    private var definition: Definition {
        switch self {
        case .lstm(let cells, let truncation):
            .recurrent(.lstm, RecurrentRecipe(cells: cells, truncation: truncation)) {
                LSTM(inputs: $0, cells: cells, truncation: truncation)
            }
        case .blstm(let cells, let truncation):
            .recurrent(.blstm, RecurrentRecipe(cells: cells, truncation: truncation)) {
                Bidirectional(LSTM(inputs: $0, cells: cells, truncation: truncation))
            }
        case .rnn(let cells, let activation, let truncation):
            .recurrent(.rnn, RecurrentRecipe(cells: cells, activation: activation == .tanh ? nil : activation, truncation: truncation)) {
                RNN(inputs: $0, cells: cells, activation: activation, truncation: truncation)
            }
        case .rectifier(let units):
            .dense(.rectifier, units) { [Dense(inputs: $0, outputs: units), ActivationLayer(.rectifier, units: units)] }
        case .dropout(let rate):
            .number(.dropout, rate, rate >= 0 && rate <= 0.99 ? nil : "0 to 0.99") { Dropout(units: $0, rate: rate) }
        case .sigmoid(let units):
            .dense(.sigmoid, units) { [Dense(inputs: $0, outputs: units, gain: 4), ActivationLayer(.sigmoid, units: units)] }
        case .tanh(let units):
            .dense(.tanh, units) { [Dense(inputs: $0, outputs: units), ActivationLayer(.tanh, units: units)] }
        case .context(let context):
            Definition(key: .context, content: context, problem: context.problem(CodingKeys.context.stringValue)) {
                [Context(inputs: $0, left: context.left, right: context.right)]
            }
        case .noise(let deviation):
            .number(.noise, deviation, deviation >= 0 && deviation.isFinite ? nil : "a deviation of at least 0") {
                Noise(units: $0, deviation: deviation)
            }
        case .batchNormalisation(let movement):
            .number(.batchNormalisation, movement, movement > 0 && movement <= 1 ? nil : "above 0, at most 1") {
                BatchNormalisation(units: $0, movement: movement)
            }
        case .clip(let limit):
            .number(.clip, limit, limit > 0 && limit.isFinite ? nil : "a number above 0") { Clip(units: $0, limit: limit) }
        }
    }

    func validate() throws(RecipeError) {
        if let problem = definition.problem { throw problem }
    }

    /// Whether this is a dense layer with an activation, which an auto-encoder can pre-train.
    var isDense: Bool { definition.isDense }

    /// The network layers for a number of inputs.
    package func layers(inputs: Int) -> [any Layer] { definition.layers(inputs) }
}

extension LayerRecipe {
    /// Everything about a layer: its key, its value, its checks and its network layers.
    private struct Definition {
        let key: CodingKeys
        /// The value of the key.
        let content: any Encodable
        let problem: RecipeError?
        var isDense = false
        let layers: (_ inputs: Int) -> [any Layer]

        static func recurrent(_ key: CodingKeys, _ recipe: RecurrentRecipe, _ layer: @escaping (Int) -> any Layer) -> Definition {
            Definition(key: key, content: recipe, problem: recipe.problem(key.stringValue)) { [layer($0)] }
        }

        static func dense(_ key: CodingKeys, _ units: Int, _ layers: @escaping (Int) -> [any Layer]) -> Definition {
            let problem = (1...8192).contains(units) ? nil : out(key, "\(units)", of: "1 to 8192 units")
            return Definition(key: key, content: units, problem: problem, isDense: true, layers: layers)
        }

        /// - Parameter allowed: the allowed values if the number is invalid, otherwise nil.
        static func number(
            _ key: CodingKeys, _ number: Float, _ allowed: String?, _ layer: @escaping (Int) -> any Layer
        ) -> Definition {
            Definition(key: key, content: number, problem: allowed.map { out(key, "\(number)", of: $0) }) { [layer($0)] }
        }

        private static func out(_ key: CodingKeys, _ value: String, of allowed: String) -> RecipeError {
            .value(key: "network.\(key.stringValue)", value: value, allowed: allowed)
        }
    }
}

extension LayerRecipe: Codable {
    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        guard let key = keys.allKeys.first, keys.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a layer has one key, such as \"lstm: 128\""))
        }
        func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value { try keys.decode(Value.self, forKey: key) }
        func lstm() throws -> RecurrentRecipe {
            let layer: RecurrentRecipe = try value()
            guard layer.activation == nil else {
                throw DecodingError.dataCorruptedError(forKey: key, in: keys, debugDescription: "an LSTM has no activation option")
            }
            return layer
        }
        switch key {
        case .lstm:
            let layer = try lstm()
            self = .lstm(cells: layer.cells, truncation: layer.truncation)
        case .blstm:
            let layer = try lstm()
            self = .blstm(cells: layer.cells, truncation: layer.truncation)
        case .rnn:
            let layer = try value(RecurrentRecipe.self)
            self = .rnn(cells: layer.cells, activation: layer.activation ?? .tanh, truncation: layer.truncation)
        case .rectifier: self = .rectifier(units: try value())
        case .dropout: self = .dropout(rate: try value())
        case .sigmoid: self = .sigmoid(units: try value())
        case .tanh: self = .tanh(units: try value())
        case .context: self = .context(try value())
        case .noise: self = .noise(deviation: try value())
        case .batchNormalisation: self = .batchNormalisation(movement: try value())
        case .clip: self = .clip(limit: try value())
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        let definition = definition
        try keys.encode(definition.content, forKey: definition.key)
    }
}

extension Recipe {
    /// The network's layers from input to output: those of the machines, if any, those of the recipe, and the output layer.
    package func layers(classes: Int) -> [any Layer] {
        let lower = pretraining?.layers(inputs: features.width) ?? []
        return lower + upperLayers(inputs: lower.last?.outputs ?? features.width, classes: classes)
    }

    /// The layers above the machines.
    package func upperLayers(inputs: Int, classes: Int) -> [any Layer] {
        var layers: [any Layer] = []
        for layer in network { layers += layer.layers(inputs: layers.last?.outputs ?? inputs) }
        layers.append(Dense(inputs: layers.last?.outputs ?? inputs, outputs: classes))
        return layers + (training.loss == .squaredError ? [LogSigmoid(units: classes)] : [])
    }
}
