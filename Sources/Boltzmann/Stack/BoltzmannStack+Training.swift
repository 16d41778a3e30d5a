import StimmungSupport
import StimmungTensors

extension BoltzmannStack {
    /// One machine of a stack before it is trained.
    package struct Plan: Sendable, Equatable {
        /// H
        package var hidden: Int
        /// n
        package var order: Int
        package var options: LearningOptions

        package init(hidden: Int, order: Int = 0, options: LearningOptions = LearningOptions()) {
            self.hidden = hidden
            self.order = order
            self.options = options
        }
    }

    /// The state of a stack's training: the machines that are trained, and the state of the current one.
    package struct State: Sendable, Equatable {
        package var done: [BoltzmannMachine]
        /// The reports of each epoch of the trained machines.
        package var histories: [[LearningReport]]
        package var current: LearningState

        package init(done: [BoltzmannMachine], histories: [[LearningReport]], current: LearningState) {
            self.done = done
            self.histories = histories
            self.current = current
        }
    }

    /// Greedy training: each machine learns from the hidden probabilities of the one below, which is no longer changed.
    ///
    /// Source: G. Hinton, S. Osindero, Y. Teh, *A fast learning algorithm for deep belief nets* (2006).
    package struct Training: Sendable {
        package let machines: [Plan]
        /// The lowest machine's visible units.
        package let units: VisibleUnits
        package let workers: Workers
        /// Random seed of the machines' initial weights.
        package let seed: UInt64
        /// Checked at every step.
        package var cancellation = Cancellation()

        package init(_ machines: [Plan], units: VisibleUnits, workers: Workers, seed: UInt64) {
            precondition(
                !machines.isEmpty && machines.allSatisfy { $0.hidden > 0 && $0.order >= 0 }, "a stack needs machines with hidden units")
            self.machines = machines
            self.units = units
            self.workers = workers
            self.seed = seed
        }

        /// Trains all machines from the bottom.
        ///
        /// - Parameters:
        ///   - utterances: T frames of V values each, T × V; standardised for Gaussian units.
        ///   - heldOut: held-out utterances, used by the monitors only.
        ///   - checkpoint: a state to resume from.
        ///   - epochDone: called with the state after every epoch of every machine.
        /// - Throws: `BoltzmannError` if a machine cannot be trained, `FrameError` if frames cannot be read, `Cancelled` if the training is
        ///   cancelled, or an error of `epochDone`.
        package func train(
            on utterances: [any FrameSource], heldOut: [any FrameSource] = [], from checkpoint: State? = nil,
            epochDone: (State) throws -> Void = { _ in }
        ) throws -> BoltzmannStack {
            guard let width = utterances.first?.columns else { throw BoltzmannError.nothingToLearnFrom }
            guard checkpoint?.done.count ?? 0 < self.machines.count else {
                throw BoltzmannError.stateDoesNotFit(reason: "it is for a stack of more machines")
            }
            var machines: [BoltzmannMachine] = []
            var histories: [[LearningReport]] = []
            var (own, other) = (utterances, heldOut)
            for (number, plan) in self.machines.enumerated() {
                var machine = start(number, visible: machines.last?.hidden ?? width)
                if let checkpoint, number < checkpoint.done.count {
                    guard checkpoint.done[number].parameterShapes == machine.parameterShapes else {
                        throw BoltzmannError.stateDoesNotFit(reason: "its machine \(number) has another size")
                    }
                    machine = checkpoint.done[number]
                    histories.append(checkpoint.histories[number])
                } else {
                    let begun = number == checkpoint?.done.count ? checkpoint?.current : nil
                    var history = begun?.history ?? []
                    var learning = ContrastiveDivergence(plan.options, workers: workers)
                    learning.cancellation = cancellation
                    try learning.train(
                        &machine, on: own, heldOut: other, from: begun,
                        epochDone: { state in
                            history = state.history
                            try epochDone(State(done: machines, histories: histories, current: state))
                        })
                    histories.append(history)
                }
                machines.append(machine)
                if number + 1 < self.machines.count {
                    let store = FrameStore()
                    own = try features(machine, own, store)
                    other = try features(machine, other, store)
                }
            }
            return BoltzmannStack(machines)
        }

        /// Machine `number` before learning.
        func start(_ number: Int, visible: Int) -> BoltzmannMachine {
            BoltzmannMachine(
                visible: visible, hidden: machines[number].hidden, units: number == 0 ? units : .binary, order: machines[number].order,
                seed: RandomSource(seed: seed).stream(number).firstValue)
        }

        private func features(
            _ machine: BoltzmannMachine, _ utterances: [any FrameSource], _ store: FrameStore
        ) throws(FrameError) -> [any FrameSource] {
            try workers.map(utterances.count) { (index) throws(FrameError) in
                try store.keep(machine.hiddenProbabilities(ofUtterance: try utterances[index].frames()))
            }
        }
    }
}
