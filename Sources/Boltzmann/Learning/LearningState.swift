/// The result of an epoch of learning.
package struct LearningReport: Sendable, Equatable, Codable {
    /// From 1.
    package let epoch: Int
    /// Mean squared difference per value between the frames and their reconstructions: the visible means given sampled hidden units.
    package let reconstructionError: Double
    /// Mean squared error per value of a conditional machine's prediction of a frame from its past, on the held-out frames if there are
    /// any; nil for a plain machine.
    package let predictionError: Double?
    /// Mean F of training frames minus mean F of held-out frames; nil without held-out frames. It starts near 0 and falls as the machine
    /// overfits (Hinton 2010).
    package let freeEnergyGap: Double?
}

/// The state of learning after an epoch: everything needed to resume it with bit-identical results.
///
/// The order of frames and the chains' random numbers need no state: they depend only on the seed and the numbers of epoch and step.
package struct LearningState: Sendable, Equatable {
    /// Number of completed epochs.
    package var epoch = 0
    package var machine: BoltzmannMachine
    /// The velocity of each parameter.
    package internal(set) var velocity: [Float]
    /// The visible units of persistent chains, V values each; empty without persistent chains.
    package internal(set) var chains: [Float] = []
    package internal(set) var history: [LearningReport] = []

    /// The initial state of learning.
    package init(_ machine: BoltzmannMachine) {
        self.machine = machine
        velocity = [Float](repeating: 0, count: machine.parameters.count)
    }
}
