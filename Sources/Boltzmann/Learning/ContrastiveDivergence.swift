import StimmungSupport
import StimmungTensors

/// Trains a machine by contrastive divergence.
///
///     var machine = BoltzmannMachine(visible: 39, hidden: 256, units: .gaussian, order: 5, seed: 1)
///     let learning = ContrastiveDivergence(LearningOptions(), workers: Workers())
///     try learning.train(&machine, on: utterances, heldOut: others, epochDone: { print($0.history.last!) })
///
/// The gradient of ln P(x | x_{<t}) is −∂F(x)/∂θ plus its mean under the model; CD-k estimates that mean by a chain of k Gibbs
/// steps from the data (Hinton 2002). Each batch is divided into parts, which are worked on side by side and whose gradients are
/// added in order. How many parts depends on the batch alone, so the result has the same bits for any number of threads.
package struct ContrastiveDivergence: Sendable {
    package let options: LearningOptions
    package let workers: Workers
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(_ options: LearningOptions, workers: Workers) {
        self.options = options
        self.workers = workers
    }

    /// Trains until the epochs are done. After an error `machine` is as the last whole epoch left it.
    ///
    /// - Parameters:
    ///   - utterances: frames as rows, T × V each; standardised for Gaussian units. A past never reaches into another utterance.
    ///     Samples without order are one utterance, for a plain machine.
    ///   - heldOut: utterances of others, for the monitors alone.
    ///   - checkpoint: a state to resume from.
    ///   - epochDone: gets the state after every epoch, to report it and save it.
    /// - Throws: `BoltzmannError`, `FrameError`, `Cancelled`, and what `epochDone` throws.
    package func train(
        _ machine: inout BoltzmannMachine, on utterances: [any FrameSource], heldOut: [any FrameSource] = [],
        from checkpoint: LearningState? = nil, epochDone: (LearningState) throws -> Void = { _ in }
    ) throws {
        try options.check(machine)
        let data = try LearningData(utterances, for: machine)
        let other = heldOut.isEmpty ? nil : try LearningData(heldOut, for: machine, isTraining: false)
        var state = checkpoint ?? LearningState(machine)
        guard state.machine.parameterShapes == machine.parameterShapes, state.machine.units == machine.units else {
            throw BoltzmannError.stateDoesNotFit(reason: "it is of a machine of another size or kind")
        }
        machine = state.machine
        let monitor = LearningMonitor(data, other, frames: options.monitoredFrames, workers: workers)
        let run = try LearningRun(state, self, data)
        while state.epoch < options.epochs {
            let error = try run.epoch(state.epoch)
            state.machine.parameters = run.parameters
            state.velocity = run.velocity
            state.chains = run.chains
            state.history.append(monitor.report(state.machine, epoch: state.epoch + 1, reconstructionError: error))
            state.epoch += 1
            machine = state.machine
            try epochDone(state)
        }
    }

    /// The mean CD-k gradient of the frames' ln P(x | x_{<t}), in the order of `BoltzmannMachine.parameters`, without weight decay.
    ///
    /// Persistent chains would begin at the data here, so that persistence makes no difference but that visible units are drawn.
    package func gradient(of machine: BoltzmannMachine, on windows: FrameWindows, seed: UInt64) -> [Float] {
        let batch = ContrastiveBatch(machine, options, rows: windows.count, chains: [], workers: workers)
        _ = batch.run(machine.parameters, windows, Array(0..<windows.count)[...], RandomSource(seed: seed))
        return batch.gradient
    }
}
