import StimmungAudio
import StimmungNetworks
import StimmungSupport

/// A layer of a recipe, written as a mapping of one key: `lstm: 128`.
package enum LayerRecipe: Sendable, Equatable {
    /// Peephole LSTM with so many cells; `truncation` as in `RNN`, in frames.
    case lstm(cells: Int, truncation: Int? = nil)
    /// Two peephole LSTMs, one forward and one backward in time, with so many cells each.
    case blstm(cells: Int, truncation: Int? = nil)
    /// A plain recurrent layer.
    case rnn(cells: Int, activation: RNN.Activation = .tanh, truncation: Int? = nil)
    /// A dense layer with so many rectifier units.
    case rectifier(units: Int)
    /// Dropout at this rate.
    case dropout(rate: Float)
    /// A dense layer with so many sigmoid units.
    case sigmoid(units: Int)
    /// A dense layer with so many tanh units.
    case tanh(units: Int)
    /// Each frame joined with its neighbours.
    case window(WindowRecipe)
    /// Gaussian noise of this deviation in training.
    case noise(deviation: Float)
    /// Batch normalisation whose running statistics move so far at each step.
    case batchNormalisation(movement: Float)
    /// Every number brought into −limit … limit.
    case clip(limit: Float)

    func validate() throws(RecipeError) {
        switch self {
        case .lstm, .blstm, .rnn: try recurrent?.validate(key.stringValue)
        case .rectifier(let units), .sigmoid(let units), .tanh(let units):
            if !(1...8192).contains(units) {
                throw .value(key: "network.\(key.stringValue)", value: "\(units)", allowed: "1 to 8192 units")
            }
        case .dropout(let rate):
            if !(rate >= 0 && rate <= 0.99) { throw .value(key: "network.dropout", value: "\(rate)", allowed: "0 to 0.99") }
        case .window(let window): try window.validate()
        case .noise(let deviation):
            if !(deviation >= 0 && deviation.isFinite) {
                throw .value(key: "network.noise", value: "\(deviation)", allowed: "a deviation of at least 0")
            }
        case .batchNormalisation(let movement):
            if !(movement > 0 && movement <= 1) {
                throw .value(key: "network.batchNormalisation", value: "\(movement)", allowed: "above 0, at most 1")
            }
        case .clip(let limit):
            if !(limit > 0 && limit.isFinite) { throw .value(key: "network.clip", value: "\(limit)", allowed: "a number above 0") }
        }
    }

    /// The layers on so many inputs.
    package func layers(inputs: Int) -> [any Layer] {
        switch self {
        case .lstm(let cells, let truncation): [LSTM(inputs: inputs, cells: cells, truncation: truncation)]
        case .blstm(let cells, let truncation): [Bidirectional(LSTM(inputs: inputs, cells: cells, truncation: truncation))]
        case .rnn(let cells, let activation, let truncation):
            [RNN(inputs: inputs, cells: cells, activation: activation, truncation: truncation)]
        case .rectifier(let units): [Dense(inputs: inputs, outputs: units), Rectifier(units: units)]
        case .dropout(let rate): [Dropout(units: inputs, rate: rate)]
        case .sigmoid(let units): [Dense(inputs: inputs, outputs: units, gain: 4), Sigmoid(units: units)]
        case .tanh(let units): [Dense(inputs: inputs, outputs: units), Tanh(units: units)]
        case .window(let window): [Context(inputs: inputs, left: window.left, right: window.right)]
        case .noise(let deviation): [Noise(units: inputs, deviation: deviation)]
        case .batchNormalisation(let movement): [BatchNormalisation(units: inputs, movement: movement)]
        case .clip(let limit): [Clip(units: inputs, limit: limit)]
        }
    }

    /// What a recurrent layer's mapping says; nil for other layers.
    private var recurrent: RecurrentRecipe? {
        switch self {
        case .lstm(let cells, let truncation), .blstm(let cells, let truncation): RecurrentRecipe(cells: cells, truncation: truncation)
        case .rnn(let cells, let activation, let truncation):
            RecurrentRecipe(cells: cells, activation: activation == .tanh ? nil : activation, truncation: truncation)
        default: nil
        }
    }

    private var key: CodingKeys {
        switch self {
        case .lstm: .lstm
        case .blstm: .blstm
        case .rnn: .rnn
        case .rectifier: .rectifier
        case .dropout: .dropout
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .window: .window
        case .noise: .noise
        case .batchNormalisation: .batchNormalisation
        case .clip: .clip
        }
    }
}

extension LayerRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case lstm, blstm, rnn, rectifier, dropout
        case sigmoid, tanh, window, noise, batchNormalisation, clip
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        guard let key = keys.allKeys.first, keys.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a layer has one key, such as \"lstm: 128\""))
        }
        switch key {
        case .lstm, .blstm:
            let layer = try keys.decode(RecurrentRecipe.self, forKey: key)
            guard layer.activation == nil else {
                throw DecodingError.dataCorruptedError(forKey: key, in: keys, debugDescription: "LSTM has no activation to choose")
            }
            self =
                key == .lstm
                ? .lstm(cells: layer.cells, truncation: layer.truncation) : .blstm(cells: layer.cells, truncation: layer.truncation)
        case .rnn:
            let layer = try keys.decode(RecurrentRecipe.self, forKey: key)
            self = .rnn(cells: layer.cells, activation: layer.activation ?? .tanh, truncation: layer.truncation)
        case .rectifier: self = .rectifier(units: try keys.decode(Int.self, forKey: key))
        case .dropout: self = .dropout(rate: try keys.decode(Float.self, forKey: key))
        case .sigmoid: self = .sigmoid(units: try keys.decode(Int.self, forKey: key))
        case .tanh: self = .tanh(units: try keys.decode(Int.self, forKey: key))
        case .window: self = .window(try keys.decode(WindowRecipe.self, forKey: key))
        case .noise: self = .noise(deviation: try keys.decode(Float.self, forKey: key))
        case .batchNormalisation: self = .batchNormalisation(movement: try keys.decode(Float.self, forKey: key))
        case .clip: self = .clip(limit: try keys.decode(Float.self, forKey: key))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .lstm, .blstm, .rnn: try keys.encode(recurrent, forKey: key)
        case .rectifier(let units), .sigmoid(let units), .tanh(let units): try keys.encode(units, forKey: key)
        case .dropout(let number), .noise(let number), .batchNormalisation(let number), .clip(let number):
            try keys.encode(number, forKey: key)
        case .window(let window): try keys.encode(window, forKey: key)
        }
    }
}

extension Recipe {
    /// The network's layers from the features up: those of the machines, where there are any, and the recipe's, the classes' own on top.
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
