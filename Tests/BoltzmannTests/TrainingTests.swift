import Foundation
import StimmungBoltzmann
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

/// Tests of the training loop: errors, reproducibility, checkpoints.
struct TrainingTests {
    private func options(epochs: Int = 3) -> LearningOptions {
        var options = LearningOptions()
        options.epochs = epochs
        options.batch = 300
        return options
    }

    private func utterances(_ units: VisibleUnits, seed: UInt64 = 1) -> [Matrix] {
        [70, 400, 3, 500].enumerated().map { number, length in
            units == .binary ? bits(length, 6, seed: seed + UInt64(number)) : normals(length, 6, seed: seed + UInt64(number))
        }
    }

    private func start(_ units: VisibleUnits, order: Int) -> BoltzmannMachine {
        BoltzmannMachine(visible: 6, hidden: 9, units: units, order: order, seed: 1)
    }

    @Test(arguments: kinds, [false, true]) func sameBitsForAnyNumberOfThreads(kind: (VisibleUnits, Int), draws: Bool) throws {
        var options = options(epochs: 2)
        options.drawsVisible = draws
        options.isPersistent = draws && kind.1 == 0
        options.gibbsSteps = draws ? 2 : 1
        options.sparsity = .init(target: 0.1, cost: 0.1)
        let states = try [1, 2, 3].map { threads in
            var machine = start(kind.0, order: kind.1)
            var last: LearningState?
            try ContrastiveDivergence(options, workers: Workers(threads: threads)).train(
                &machine, on: utterances(kind.0), heldOut: utterances(kind.0, seed: 9), epochDone: { last = $0 })
            let state = try #require(last)
            #expect(state.machine == machine)
            return state
        }
        #expect(states[0] == states[1] && states[0] == states[2])
        #expect(states[0].machine != start(kind.0, order: kind.1))
        var other = start(kind.0, order: kind.1)
        options.seed = 1
        try ContrastiveDivergence(options, workers: Workers(threads: 2)).train(&other, on: utterances(kind.0))
        #expect(other != states[0].machine)
    }

    /// Via a file: with persistent chains, with a past, and halfway through the second machine of a stack.
    @Test(arguments: [(order: 0, machine: 0), (order: 2, machine: 0), (order: 2, machine: 1)])
    func resumingFromACheckpointGivesTheSameBits(order: Int, machine: Int) throws {
        var options = options(epochs: 4)
        options.isPersistent = order == 0
        options.momentumEpochs = 2
        options.schedule = .cosine
        let folder = try TemporaryFolder()
        let path = folder.file("state.safetensors")
        func training(_ units: VisibleUnits, orders: [Int]) -> BoltzmannStack.Training {
            let layers = orders.map { BoltzmannStack.Plan(hidden: 5, order: $0, options: options) }
            return BoltzmannStack.Training(layers, units: units, workers: Workers(threads: 2), seed: 3)
        }
        let data = utterances(.binary)
        let visible = data[0].columns
        let stack = training(.binary, orders: [order, 0])
        let whole = try stack.train(
            on: data, heldOut: [data[0]],
            epochDone: { if $0.current.epoch == 2, $0.done.count == machine { try $0.write(path: path, fingerprint: "x") } })
        let state = try BoltzmannStack.State(path: path, fingerprint: "x", training: stack, visible: visible)
        #expect(state.current.epoch == 2 && state.current.history.count == 2 && state.histories.count == machine)
        var last: BoltzmannStack.State?
        let resumed = try stack.train(on: data, heldOut: [data[0]], from: state, epochDone: { last = $0 })
        #expect(resumed == whole)
        #expect(last?.histories.first?.count == 4)
        for (other, fingerprint) in [
            (stack, "y"), (training(.gaussian, orders: [order, 0]), "x"), (training(.binary, orders: [order + 1, 0]), "x"),
        ] {
            #expect(throws: BoltzmannError.self) {
                try BoltzmannStack.State(path: path, fingerprint: fingerprint, training: other, visible: visible)
            }
        }
    }

    @Test(arguments: kinds) func divergenceKeepsTheLastGoodMachine(units: VisibleUnits, order: Int) throws {
        var good = start(units, order: order)
        var states: [LearningState] = []
        try ContrastiveDivergence(options(epochs: 2), workers: Workers(threads: 1)).train(
            &good, on: utterances(units), epochDone: { states.append($0) })
        var options = options(epochs: 40)
        options.learningRate = 100
        var machine = start(units, order: order)
        var last: LearningState?
        do {
            try ContrastiveDivergence(options, workers: Workers(threads: 1)).train(
                &machine, on: utterances(units), from: states[1], epochDone: { last = $0 })
            Issue.record("a learning rate of 100 did not diverge")
        } catch let error as BoltzmannError {
            guard case .diverged(let epoch, _) = error else { throw error }
            #expect(epoch == (last?.epoch ?? 2) + 1)
            #expect(error.description.contains("lower the learning rate"))
        }
        #expect(machine == (last ?? states[1]).machine)
        #expect(machine.parameters.allSatisfy { $0.isFinite })
    }

    @Test func badFramesAreNamed() {
        func error(_ utterances: [Matrix], _ units: VisibleUnits = .gaussian) -> BoltzmannError? {
            var machine = start(units, order: 2)
            do {
                try ContrastiveDivergence(options(), workers: Workers(threads: 1)).train(&machine, on: utterances)
                return nil
            } catch {
                #expect(machine == start(units, order: 2))
                return error as? BoltzmannError
            }
        }
        var nan = utterances(.gaussian)
        nan[1][7, 3] = .nan
        #expect(error(nan) == .notANumber(utterance: 1, frame: 7, column: 3))
        nan[1][7, 3] = .infinity
        #expect(error(nan) == .notANumber(utterance: 1, frame: 7, column: 3))
        var constant = utterances(.gaussian)
        for number in constant.indices {
            for row in 0..<constant[number].rows { constant[number][row, 4] = 0.25 }
        }
        #expect(error(constant) == .constantColumn(4))
        #expect(error(constant, .binary) == nil)
        // Far from standardised: the error exceeds all bounds in the first or second step.
        var huge = utterances(.gaussian)
        for number in huge.indices { huge[number].elements = huge[number].elements.map { 1e15 * $0 } }
        guard case .diverged(1, _) = error(huge) else {
            Issue.record("frames of 1e15 went through")
            return
        }
        #expect(error([Matrix(rows: 5, columns: 7)]) == .wrongWidth(utterance: 0, columns: 7, expected: 6))
        #expect(error([]) == .nothingToLearnFrom)
        #expect(error([Matrix(rows: 0, columns: 6)]) == .nothingToLearnFrom)
    }

    @Test func optionsAreChecked() {
        func refused(order: Int = 0, _ change: (inout LearningOptions) -> Void) -> String? {
            var options = options()
            change(&options)
            var machine = start(.binary, order: order)
            do {
                try ContrastiveDivergence(options, workers: Workers(threads: 1)).train(&machine, on: utterances(.binary))
                return nil
            } catch {
                guard case .option(let name, _) = error as? BoltzmannError else { return nil }
                return name
            }
        }
        #expect(refused(order: 1) { $0.isPersistent = true } == "isPersistent")
        #expect(refused { $0.batch = 0 } == "batch")
        #expect(refused { $0.gibbsSteps = 0 } == "gibbsSteps")
        #expect(refused { $0.learningRate = -1 } == "learningRate")
        #expect(refused { $0.momentum = 1 } == "momentum")
        #expect(refused { $0.sparsity = .init(target: 2, cost: 1) } == "sparsity.target")
        #expect(refused { $0.epochs = 1 } == nil)
    }

    @Test func errorCodesAreUnique() {
        let errors: [BoltzmannError] = [
            .nothingToLearnFrom, .wrongWidth(utterance: 0, columns: 1, expected: 2), .notANumber(utterance: 0, frame: 0, column: 0),
            .constantColumn(0), .option("batch", reason: ""), .diverged(epoch: 1, reason: ""), .stateDoesNotFit(reason: ""),
            .tooManyToEnumerate(units: 30, limit: 24),
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
    }

    @Test func stopsWhenAsked() {
        var machine = start(.binary, order: 1)
        let learning = ContrastiveDivergence(options(), workers: Workers(threads: 1))
        learning.cancellation.cancel()
        #expect(throws: Cancelled()) { try learning.train(&machine, on: utterances(.binary)) }
        #expect(machine == start(.binary, order: 1))
    }

    @Test func aCheckpointOfAnotherMachineIsRejected() {
        var machine = start(.binary, order: 1)
        #expect(throws: BoltzmannError.self) {
            try ContrastiveDivergence(options(), workers: Workers(threads: 1)).train(
                &machine, on: utterances(.binary), from: LearningState(start(.gaussian, order: 1)))
        }
    }

    @Test func sparsityLowersTheActivity() throws {
        func activity(_ sparsity: LearningOptions.Sparsity?) throws -> Float {
            var options = options(epochs: 40)
            options.sparsity = sparsity
            options.learningRate = 0.1
            var machine = start(.binary, order: 0)
            try ContrastiveDivergence(options, workers: Workers(threads: 1)).train(&machine, on: utterances(.binary))
            let h = machine.hiddenProbabilities(FrameWindows(utterances: utterances(.binary), order: 0)).elements
            return h.reduce(0, +) / Float(h.count)
        }
        #expect(try activity(nil) > 0.35)
        let sparse = try activity(.init(target: 0.1, cost: 1))
        #expect(abs(sparse - 0.1) < 0.03)
    }

    /// A large machine memorises a small number of frames: their free energy falls below that of others.
    @Test func overfittingShowsInTheFreeEnergyGap() throws {
        var machine = BoltzmannMachine(visible: 20, hidden: 60, units: .binary, seed: 1)
        var options = options(epochs: 300)
        options.learningRate = 0.1
        options.weightDecay = 0
        var history: [LearningReport] = []
        try ContrastiveDivergence(options, workers: Workers(threads: 2)).train(
            &machine, on: [bits(30, 20, seed: 1)], heldOut: [bits(200, 20, seed: 2)], epochDone: { history = $0.history })
        #expect(abs(try #require(history.first?.freeEnergyGap)) < 0.5)
        #expect(try #require(history.last?.freeEnergyGap) < -5)
        let (first, last) = (try #require(history.first), try #require(history.last))
        #expect(last.reconstructionError < first.reconstructionError / 2)
        #expect(last.predictionError == nil)
    }
}
