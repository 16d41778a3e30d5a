import StimmungTensors

/// Machines on top of each other: the hidden probabilities of one are the visible units of the next.
///
///     let stack = try BoltzmannStack.Training(layers, workers: Workers()).train(on: utterances)
///     let features = stack.features(ofUtterance: mfcc)
///     let network = Network(stack.layers + [Dense(inputs: stack.outputs, outputs: 7)], seed: 1)     // fine-tuning
///
/// Machines above the first have binary visible units, whose values are probabilities.
package struct BoltzmannStack: Sendable, Equatable {
    /// From the bottom.
    package private(set) var machines: [BoltzmannMachine]

    package init(_ machines: [BoltzmannMachine]) {
        precondition(!machines.isEmpty, "a stack has at least one machine")
        for (lower, upper) in zip(machines, machines.dropFirst()) {
            precondition(lower.hidden == upper.visible && upper.units == .binary, "a machine does not match the one below")
        }
        self.machines = machines
    }

    package var inputs: Int { machines[0].visible }
    package var outputs: Int { machines[machines.count - 1].hidden }

    /// The hidden probabilities of the topmost machine for an utterance of T frames, T × V: T × outputs.
    package func features(ofUtterance utterance: Matrix) -> Matrix {
        machines.reduce(utterance) { $1.hiddenProbabilities(ofUtterance: $0) }
    }

    /// The machines' hidden units as layers of a network.
    package var layers: [ConditionalUnits] { machines.map(ConditionalUnits.init) }
}
