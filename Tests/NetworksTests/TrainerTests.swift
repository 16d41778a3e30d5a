import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

struct TrainerTests {
    /// Two classes that differ only in the order of two bumps, so that a network needs memory.
    private func sequences(_ count: Int, seed: UInt64) -> [LabelledSequence] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { number in
            let length = 12 + random.index(below: 20)
            var frames = Matrix(rows: length, columns: 3, elements: (0..<length * 3).map { _ in 0.1 * random.normal() })
            let label = number % 2
            frames[2, label] += 2
            frames[6, 1 - label] += 2
            return LabelledSequence(frames: frames, label: label)
        }
    }

    private func network() -> Network {
        Network([LSTM(inputs: 3, cells: 8), Dropout(units: 8, rate: 0.1), Dense(inputs: 8, outputs: 2)], seed: 1)
    }

    private func options(epochs: Int = 12) -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = epochs
        options.batch = 32
        options.learningRate = 0.02
        return options
    }

    @Test func learnsAndGeneralises() throws {
        var network = network()
        try Trainer(options(epochs: 25), classes: 2, workers: Workers(threads: 2)).train(&network, on: sequences(128, seed: 2))
        let test = sequences(64, seed: 3)
        let posteriors = try network.logPosteriors(of: test.map(\.frames), workers: Workers(threads: 1))
        let right = zip(test, posteriors).filter { sequence, logs in
            let last = logs.row(logs.rows - 1)
            return last[last.startIndex + sequence.label] > last[last.startIndex + 1 - sequence.label]
        }
        #expect(right.count >= 60)
    }

    @Test(arguments: [OptimiserKind.sgd, .adam]) func sameBitsForAnyNumberOfThreads(kind: OptimiserKind) throws {
        var one = network()
        var two = network()
        var options = options(epochs: 2)
        options.optimiser.kind = kind
        options.crop = 15
        try Trainer(options, classes: 2, workers: Workers(threads: 1)).train(&one, on: sequences(70, seed: 2))
        try Trainer(options, classes: 2, workers: Workers(threads: 3)).train(&two, on: sequences(70, seed: 2))
        #expect(one.parameters == two.parameters)
        #expect(one.parameters != network().parameters)
    }

    @Test func resumingFromAStateGivesTheSameBits() throws {
        var states: [TrainingState] = []
        var whole = network()
        let trainer = Trainer(options(epochs: 4), classes: 2, workers: Workers(threads: 2))
        try trainer.train(&whole, on: sequences(40, seed: 2), epochDone: { states.append($0) })
        var resumed = network()
        try trainer.train(&resumed, on: sequences(40, seed: 2), from: states[1])
        #expect(resumed.parameters == whole.parameters)
    }

    /// Training on frames in a file equals training on frames in memory.
    @Test(arguments: [nil, 15]) func sameBitsFromAFile(crop: Int?) throws {
        var options = options(epochs: 3)
        options.crop = crop
        let (data, validation) = (sequences(70, seed: 2), sequences(20, seed: 3))
        let store = FrameStore(limit: 1000)
        func stored(_ sequences: [LabelledSequence]) throws -> [LabelledSequence] {
            try sequences.map { LabelledSequence(frames: try store.keep($0.frames.frames()), label: $0.label) }
        }
        func trained(on data: [LabelledSequence], _ validation: [LabelledSequence]) throws -> (Network, [EpochReport]) {
            var network = network()
            var history: [EpochReport] = []
            try Trainer(options, classes: 2, workers: Workers(threads: 2)).train(
                &network, on: data, validation: validation, epochDone: { history = $0.history })
            return (network, history)
        }
        let (direct, history) = try trained(on: data, validation)
        let (same, sameHistory) = try trained(on: stored(data), stored(validation))
        #expect(store.bytesInFile > 10_000)
        #expect(same.parameters == direct.parameters && sameHistory == history)
    }

    /// Frames on a failing disk.
    private struct LostFrames: FrameSource {
        let rows = 20
        let columns = 3
        static let error = FrameError.cannotRead(folder: "/lost", reason: "Input/output error")
        func frames(_ range: Range<Int>) throws(FrameError) -> Matrix { throw Self.error }
    }

    @Test func aFailingDiskIsAnError() {
        var network = network()
        let lost = LabelledSequence(frames: LostFrames(), label: 0)
        let trainer = Trainer(options(epochs: 1), classes: 2, workers: Workers(threads: 2))
        #expect(throws: LostFrames.error) { try trainer.train(&network, on: sequences(32, seed: 2) + [lost]) }
        #expect(throws: LostFrames.error) { try trainer.train(&network, on: sequences(8, seed: 2), validation: [lost]) }
        #expect(throws: LostFrames.error) { try network.logPosteriors(of: [lost.frames], workers: Workers(threads: 1)) }
    }

    @Test func divergenceIsAnError() throws {
        var network = network()
        var data = sequences(8, seed: 2)
        var frames = try data[0].frames.frames()
        frames[0, 0] = .nan
        data[0] = LabelledSequence(frames: frames, label: 0)
        #expect(throws: TrainingError.diverged(epoch: 1)) {
            try Trainer(options(), classes: 2, workers: Workers(threads: 1)).train(&network, on: data)
        }
    }

    @Test func earlyStoppingKeepsTheBest() throws {
        var network = network()
        var options = options(epochs: 60)
        options.patience = 2
        options.schedule = .constant
        options.learningRate = 0.05
        var last: TrainingState?
        // The labels of the validation sequences are swapped, so that their loss rises from the start.
        let validation = sequences(16, seed: 4).map { LabelledSequence(frames: $0.frames, label: 1 - $0.label) }
        try Trainer(options, classes: 2, workers: Workers(threads: 2))
            .train(&network, on: sequences(64, seed: 2), validation: validation, epochDone: { last = $0 })
        let state = try #require(last)
        #expect(state.epoch < 60)
        #expect(network.parameters.values == state.best?.values)
    }

    @Test func stopsWhenAsked() {
        var network = network()
        let trainer = Trainer(options(), classes: 2, workers: Workers(threads: 1))
        trainer.cancellation.cancel()
        #expect(throws: Cancelled()) { try trainer.train(&network, on: sequences(8, seed: 2)) }
    }

    @Test func nothingToTrainOn() {
        var network = network()
        #expect(throws: TrainingError.nothingToTrainOn) {
            try Trainer(options(), classes: 2, workers: Workers(threads: 1)).train(&network, on: [])
        }
    }
}
