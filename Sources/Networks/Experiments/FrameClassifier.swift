/// A multilayer perceptron for single frames: hidden layers of one size, then the classes' layer, whose outputs are logits.
public struct FrameClassifier: Sendable, Equatable {
    public enum Unit: String, Sendable, Codable, CaseIterable {
        case tanh, sigmoid
    }

    /// Hidden layers.
    public var layers: Int
    /// Units of each.
    public var units: Int
    public var unit: Unit
    /// Of the hidden layers' random start; see `Dense`.
    public var gain: Float = 1
    /// Standard deviation of Gaussian noise on the inputs in training; 0 has none.
    public var noise: Float = 0
    /// Share of the hidden units that is dropped in training; 0 drops none.
    public var dropout: Float = 0

    public init(layers: Int, units: Int, unit: Unit) {
        self.layers = layers
        self.units = units
        self.unit = unit
    }

    /// A network at its random start.
    public func network(inputs: Int, classes: Int, seed: UInt64) -> Network {
        var stack: [any Layer] = noise > 0 ? [Noise(units: inputs, deviation: noise)] : []
        for number in 0..<layers {
            stack.append(Dense(inputs: number == 0 ? inputs : units, outputs: units, gain: gain))
            switch unit {
            case .tanh: stack.append(Tanh(units: units))
            case .sigmoid: stack.append(Sigmoid(units: units))
            }
            if dropout > 0 { stack.append(Dropout(units: units, rate: dropout)) }
        }
        return Network(stack + [Dense(inputs: units, outputs: classes)], seed: seed)
    }
}
