import StimmungNetworks

/// A multilayer perceptron for single frames: hidden layers of one size, then the classes' layer, whose outputs are logits.
package struct FrameClassifier: Sendable, Equatable {
    package enum Unit: String, Sendable, Codable, CaseIterable {
        case tanh, sigmoid

        var activation: Activation { self == .tanh ? .tanh : .sigmoid }
    }

    /// Hidden layers.
    package var layers: Int
    /// Units of each.
    package var units: Int
    package var unit: Unit
    /// Of the hidden layers' random start; see `Dense`.
    package var gain: Float = 1
    /// Standard deviation of Gaussian noise on the inputs in training; 0 has none.
    package var noise: Float = 0
    /// Share of the hidden units that is dropped in training; 0 drops none.
    package var dropout: Float = 0

    package init(layers: Int, units: Int, unit: Unit) {
        self.layers = layers
        self.units = units
        self.unit = unit
    }

    /// A network at its random start, which noise and dropout do not change.
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
        // Layers without parameters would shift the numbers that the start is drawn by.
        var network = Network(whole + [top], seed: seed)
        network.parameters.values = start.parameters.values
        return network
    }
}
