/// The result of an epoch of learning.
package struct LearningReport: Sendable, Equatable, Codable {
    /// From 1.
    package let epoch: Int
    /// Mean squared difference, a number of a frame, between the frames and their means after one step from hidden units drawn for them.
    package let reconstructionError: Double
    /// Mean squared error, a number of a frame, of the frame that a conditional machine expects from the past alone: on
    /// the held-out frames where there are any; nil for a plain machine.
    package let predictionError: Double?
    /// Mean F of training frames less mean F of held-out frames; nil without those. It starts near 0 and falls as the machine overfits (Hinton 2010).
    package let freeEnergyGap: Double?
}

/// The state of learning after an epoch: everything needed to resume it and end with the same bits.
///
/// The order of frames and the chains' random numbers need no state: they depend on the seed and the numbers of epoch and step only.
package struct LearningState: Sendable, Equatable {
    /// Epochs done.
    package var epoch = 0
    package var machine: BoltzmannMachine
    /// The momentum's velocity, as long as the parameters.
    package internal(set) var velocity: [Float]
    /// The visible units of persistent chains, V numbers each; empty without.
    package internal(set) var chains: [Float] = []
    package internal(set) var history: [LearningReport] = []

    /// The start of learning.
    package init(_ machine: BoltzmannMachine) {
        self.machine = machine
        velocity = [Float](repeating: 0, count: machine.parameters.count)
    }
}
