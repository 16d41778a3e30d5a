import StimmungSupport
import StimmungTensors

/// Trains a machine by contrastive divergence.
///
///     var machine = BoltzmannMachine(visible: 39, hidden: 256, units: .gaussian, order: 5, seed: 1)
///     let learning = ContrastiveDivergence(LearningOptions(), workers: Workers())
///     try learning.train(&machine, on: utterances, heldOut: others, epochDone: { print($0.history.last!) })
///
/// The gradient of ln P(x | x_{<t}) is −∂F(x)/∂θ plus the mean of ∂F/∂θ under the model; CD-k estimates this mean by a chain of k Gibbs
/// steps from the data (Hinton 2002). Each batch is divided into parts that run in parallel; their gradients are added in order. The number
/// of parts depends only on the batch, so results are bit-identical for any number of threads.
package struct ContrastiveDivergence: Sendable {
    package let options: LearningOptions
    package let workers: Workers
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(_ options: LearningOptions, workers: Workers) {
        self.options = options
        self.workers = workers
    }

    /// Trains until all epochs are done. After an error, `machine` is as after the last completed epoch.
    ///
    /// - Parameters:
    ///   - utterances: T frames of V values each, T × V; standardised for Gaussian units. The past of a frame is limited to its utterance.
    ///     For a plain machine, unordered samples can be one utterance.
    ///   - heldOut: held-out utterances, used by the monitors only.
    ///   - checkpoint: a state to resume from.
    ///   - epochDone: called with the state after every epoch, to report and save it.
    /// - Throws: `BoltzmannError` if the machine cannot be trained, `FrameError` if frames cannot be read, `Cancelled` if learning is
    ///   cancelled, or an error of `epochDone`.
    package func train(
        _ machine: inout BoltzmannMachine, on utterances: [any FrameSource], heldOut: [any FrameSource] = [],
        from checkpoint: LearningState? = nil, epochDone: (LearningState) throws -> Void = { _ in }
    ) throws {
        try options.check(machine)
        let data = try LearningData(utterances, for: machine)
        let other = heldOut.isEmpty ? nil : try LearningData(heldOut, for: machine, isTraining: false)
        var state = checkpoint ?? LearningState(machine)
        guard state.machine.parameterShapes == machine.parameterShapes, state.machine.units == machine.units else {
            throw BoltzmannError.stateDoesNotFit(reason: "it is for a machine of another size or kind")
        }
        machine = state.machine
        let monitor = LearningMonitor(data, other, frames: options.monitoredFrames, workers: workers)
        let run = try LearningRun(state, self, data)
        while state.epoch < options.epochs {
            let error = try run.epoch(state.epoch)
            state.machine.parameters = run.parameters
            try workers.processes.agree(on: "the parameters", run.parameters.hashText)
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
    /// Persistent chains would start at the data here, so the only effect of persistence is that visible units are sampled.
    package func gradient(of machine: BoltzmannMachine, on windows: FrameWindows, seed: UInt64) -> [Float] {
        let batch = ContrastiveBatch(machine, options, rows: windows.count, chains: [], workers: workers)
        _ = batch.run(machine.parameters, windows, Array(0..<windows.count)[...], RandomSource(seed: seed))
        return batch.gradient
    }
}
