/// The state of a training run after an epoch: everything needed to resume it with bit-identical results.
///
/// The order of sequences, crops and dropout need no state: they depend only on the seed and the numbers of epoch and step.
package struct TrainingState: Sendable, Equatable {
    /// Number of completed epochs.
    package var epoch = 0
    package var parameters: Parameters
    package var optimiser: Optimiser
    /// The parameters with the lowest validation loss; nil without validation.
    package var best: Best?
    package var history: [EpochReport] = []

    package struct Best: Sendable, Equatable {
        package var epoch: Int
        package var loss: Double
        package var values: [Float]
    }

    /// The initial state of a training run of `network`.
    package init(_ network: Network, _ options: TrainingOptions) {
        parameters = network.parameters
        optimiser = Optimiser(options.optimiser, parameters: network.parameters.values.count)
    }

    /// Whether the run is over.
    func isOver(_ options: TrainingOptions) -> Bool {
        if epoch >= options.epochs { return true }
        guard let patience = options.patience, let best else { return false }
        return epoch - best.epoch >= patience
    }
}
