import StimmungNetworks

/// A multilayer perceptron for single frames: hidden layers of equal size, then the output layer, whose outputs are logits.
package struct FrameClassifier: Sendable, Equatable {
    package enum Unit: String, Sendable, Codable, CaseIterable {
        case tanh, sigmoid

        var activation: Activation { self == .tanh ? .tanh : .sigmoid }
    }

    /// Number of hidden layers.
    package var layers: Int
    /// Units per hidden layer.
    package var units: Int
    package var unit: Unit
    /// Gain of the hidden layers' random initialisation; see `Dense`.
    package var gain: Float = 1
    /// Standard deviation of Gaussian noise on the inputs in training; 0 for none.
    package var noise: Float = 0
    /// Dropout rate of the hidden units in training; 0 for none.
    package var dropout: Float = 0

    package init(layers: Int, units: Int, unit: Unit) {
        self.layers = layers
        self.units = units
        self.unit = unit
    }

    /// A randomly initialised network. The initial weights do not depend on noise and dropout.
    package func network(inputs: Int, classes: Int, seed: UInt64) -> Network {
        var plain: [any Layer] = []
        var whole: [any Layer] = noise > 0 ? [Noise(units: inputs, deviation: noise)] : []
        for number in 0..<layers {
            let pair: [any Layer] = [
                Dense(inputs: number == 0 ? inputs : units, outputs: units, gain: gain), ActivationLayer(unit.activation, units: units),
            ]
            plain += pair
            whole += pair + (dropout > 0 ? [Dropout(units: units, rate: dropout)] : [])
        }
        let top = Dense(inputs: units, outputs: classes)
        let start = Network(plain + [top], seed: seed)
        // The weights come from a network without noise and dropout layers, which would shift the random streams of the other layers.
        var network = Network(whole + [top], seed: seed)
        network.parameters.values = start.parameters.values
        return network
    }
}
