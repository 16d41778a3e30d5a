import StimmungSupport
import StimmungTensors

/// Trains a network on labelled sequences, with a loss per frame.
///
///     let trainer = Trainer(options, classes: 7, workers: Workers())
///     try trainer.train(&network, on: sequences, epochDone: { print($0.history.last!) })
///
/// Each batch is divided into parts that run in parallel; their gradients are added in order. The number of parts depends only on the
/// batch, so results are bit-identical for any number of threads.
package struct Trainer: Sendable {
    /// Incremented whenever the same options, data and seed give different bits, so that results of different revisions, partial or
    /// complete, are not mixed.
    package static let revision = 3

    package let options: TrainingOptions
    package let classes: Int
    package let workers: Workers
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(_ options: TrainingOptions, classes: Int, workers: Workers) {
        self.options = options
        self.classes = classes
        self.workers = workers
    }

    /// Trains until all epochs are done or patience runs out. `network` then has its final (or best) parameters.
    ///
    /// - Parameters:
    ///   - validation: sequences of held-out speakers, for early stopping.
    ///   - checkpoint: a state to resume from.
    ///   - epochDone: called with the state after every epoch, to report and save it.
    /// - Throws: `TrainingError` if the network cannot be trained, `FrameError` if frames cannot be read, `Cancelled` if the training is
    ///   cancelled, or an error of `epochDone`.
    package func train(
        _ network: inout Network, on sequences: [LabelledSequence], validation: [LabelledSequence] = [],
        from checkpoint: TrainingState? = nil, epochDone: (TrainingState) throws -> Void = { _ in }
    ) throws {
        guard !sequences.isEmpty else { throw TrainingError.nothingToTrainOn }
        try checkWindows(network, sequences)
        var state = checkpoint ?? TrainingState(network, options)
        guard state.parameters.entries == network.parameters.entries else {
            throw TrainingError.checkpointDoesNotFit(reason: "it is for another network")
        }
        network.parameters = state.parameters
        network.precision = options.precision
        let run = TrainerRun(self, network, sequences)
        while !state.isOver(options) {
            let sum = try run.epoch(&state, &network)
            let validationLoss = validation.isEmpty ? nil : try run.loss(of: network, validation)
            if let validationLoss, !validationLoss.isFinite { throw TrainingError.diverged(epoch: state.epoch + 1) }
            state.epoch += 1
            state.parameters = network.parameters
            try workers.processes.agree(on: "the parameters", network.parameters.values.hashText)
            state.history.append(
                EpochReport(
                    epoch: state.epoch, loss: sum.loss / sum.weight, frameAccuracy: Double(sum.correct) / Double(sum.frames),
                    validationLoss: validationLoss))
            if let validationLoss, validationLoss < state.best?.loss ?? .infinity {
                state.best = TrainingState.Best(epoch: state.epoch, loss: validationLoss, values: network.parameters.values)
            }
            try epochDone(state)
        }
        if let best = state.best { network.parameters.values = best.values }
    }

    /// Rejects sequences shorter than a window, which would contain more repeated frames than speech. Crops and recordings to recognise may
    /// be shorter.
    private func checkWindows(_ network: Network, _ sequences: [LabelledSequence]) throws(TrainingError) {
        let window = network.layers.map(\.context).filter { $0.padding == .edge }.map(\.frames).max() ?? 1
        for (number, sequence) in sequences.enumerated() where sequence.frames.rows < window {
            throw .shorterThanWindow(sequence: sequence.name ?? "sequence \(number + 1)", frames: sequence.frames.rows, window: window)
        }
    }
}

/// The state shared by the steps of one training run.
private struct TrainerRun {
    private let options: TrainingOptions
    private let cancellation: Cancellation
    private let sequences: [LabelledSequence]
    /// Weight of each class in the loss.
    private let weights: [Float]
    /// nil draws each sequence once.
    private let balance: BalancedOrder?
    private let parallel: DataParallel<TrainerPart>

    init(_ trainer: Trainer, _ network: Network, _ sequences: [LabelledSequence]) {
        let options = trainer.options
        self.options = options
        self.sequences = sequences
        cancellation = trainer.cancellation
        balance = options.drawsGroupsAsTheyAre ? nil : BalancedOrder(sequences)
        // Classes that are drawn equally often need no weights.
        let weights =
            balance == nil
            ? Self.classWeights(sequences, options, classes: trainer.classes) : [Float](repeating: 1, count: trainer.classes)
        self.weights = weights
        let largest = min(options.batch, sequences.count)
        let longest = sequences.reduce(0) { max($0, min($1.frames.rows, options.crop ?? .max)) }
        parallel = DataParallel(
            (0..<Self.partCount(largest, frames: largest * longest)).map { _ in TrainerPart(network, options.loss, weights) },
            workers: trainer.workers)
    }

    /// Parts of at least eight sequences and, on average, 32 frames keep the products large enough. A batch of 16 crops thus keeps two
    /// cores busy, a batch of 128 sixteen.
    ///
    /// For batches of functionals, one row each, smaller parts are slower: see docs/performance.md (AMD EPYC, Zen 3, AVX2).
    private static func partCount(_ sequences: Int, frames: Int) -> Int {
        min(DataParallel<TrainerPart>.count(of: sequences, atLeast: 8), DataParallel<TrainerPart>.count(of: frames, atLeast: 32))
    }

    func epoch(_ state: inout TrainingState, _ network: inout Network) throws -> FrameLoss.Sum {
        let random = RandomSource(seed: options.seed).stream(state.epoch)
        var shuffle = random.stream(0)
        let order = balance?.order(&shuffle) ?? shuffle.permutation(sequences.count)
        let stepsPerEpoch = (sequences.count + options.batch - 1) / options.batch
        var sum = FrameLoss.Sum()
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        let measures = network.parameters.entries.contains { $0.shape.movement != nil }
        for step in 0..<stepsPerEpoch {
            try parallel.workers.check(cancellation)
            let members = batch(step, of: stepsPerEpoch, order.count, isEven: measures).map { sequences[order[$0]] }
            let loss = try gradientOfBatch(network, members, random.stream(1, step), into: &gradient)
            guard loss.loss.isFinite else { throw TrainingError.diverged(epoch: state.epoch + 1) }
            sum += loss
            network.parameters.moveStatistics(&gradient, rows: loss.frames)
            for regulariser in options.regularisers { regulariser.addGradient(of: network.parameters, to: &gradient) }
            let norm = clip(&gradient, norm: options.clip)
            guard norm.isFinite else { throw TrainingError.diverged(epoch: state.epoch + 1) }
            let factor = options.schedule.factor(step: state.epoch * stepsPerEpoch + step, of: options.epochs * stepsPerEpoch)
            state.optimiser.step(&network.parameters, gradient: gradient, learningRate: factor * options.learningRate)
            for regulariser in options.regularisers {
                regulariser.finish(&network.parameters, after: state.optimiser, learningRate: factor * options.learningRate)
            }
        }
        guard areFinite(network.parameters.values) else { throw TrainingError.diverged(epoch: state.epoch + 1) }
        return sum
    }

    /// The positions of a batch's sequences in the epoch's order: full batches and a smaller last one or, if layers measure statistics,
    /// batches of similar size.
    private func batch(_ step: Int, of steps: Int, _ count: Int, isEven: Bool) -> Range<Int> {
        isEven
            ? step * count / steps..<(step + 1) * count / steps : step * options.batch..<min((step + 1) * options.batch, count)
    }

    /// The gradient of the mean frame loss of a batch; returns the batch's loss.
    private func gradientOfBatch(
        _ network: Network, _ members: [LabelledSequence], _ random: RandomSource, into gradient: inout [Float]
    ) throws(FrameError) -> FrameLoss.Sum {
        var crops = random.stream(0)
        let pieces = members.map { Piece($0, crop: options.crop, &crops) }
        let weight = pieces.reduce(Float(0)) { $0 + Float($1.length) * weights[$1.label] }
        let dealt = deal(pieces, to: Self.partCount(members.count, frames: pieces.reduce(0) { $0 + $1.length }))
        let sums = try parallel.map(dealt.count) { (part, number) throws(FrameError) in
            try part.run(network, dealt[number], scale: 1 / weight, random.stream(1, number))
        }
        parallel.sum(dealt.count, into: &gradient)
        return sums.reduce(into: FrameLoss.Sum()) { $0 += $1 }
    }

    /// Distributes pieces over parts, longest first, so that all parts have a similar number of frames.
    private func deal(_ pieces: [Piece], to count: Int) -> [[Piece]] {
        let sorted = pieces.indices.sorted { (pieces[$0].length, $1) > (pieces[$1].length, $0) }
        return (0..<count).map { part in stride(from: part, to: sorted.count, by: count).map { pieces[sorted[$0]] } }
    }

    /// The mean loss per frame, without dropout.
    func loss(of network: Network, _ sequences: [LabelledSequence]) throws(FrameError) -> Double {
        var sum = FrameLoss.Sum()
        for group in sequences.groups(of: 256) {
            for (sequence, var outputs) in zip(group, try network.outputs(of: group.map(\.frames), workers: parallel.workers)) {
                let targets = [Int](repeating: sequence.label, count: outputs.rows)
                let masks = sequence.group.map { [[Bool]?](repeating: $0.hasClass, count: outputs.rows) }
                sum += options.loss.gradient(&outputs, targets: targets, weights: weights, scale: 1, masks: masks)
            }
        }
        return sum.loss / sum.weight
    }

    /// 1 for every class or, with balanced classes, frames / (classes · frames of the class).
    private static func classWeights(_ sequences: [LabelledSequence], _ options: TrainingOptions, classes: Int) -> [Float] {
        guard options.balancesClasses else { return [Float](repeating: 1, count: classes) }
        var frames = [Int](repeating: 0, count: classes)
        for sequence in sequences { frames[sequence.label] += sequence.frames.rows }
        let present = frames.filter { $0 > 0 }.count
        let total = frames.reduce(0, +)
        return frames.map { $0 > 0 ? Float(total) / Float(present * $0) : 0 }
    }
}

/// A sequence, or a random crop of it.
private struct Piece: Sendable {
    let label: Int
    let start: Int
    let length: Int
    let group: SequenceGroup?
    private let source: any FrameSource

    init(_ sequence: LabelledSequence, crop: Int?, _ random: inout RandomSource) {
        source = sequence.frames
        label = sequence.label
        group = sequence.group
        length = min(crop ?? source.rows, source.rows)
        start = random.index(below: source.rows - length + 1)
    }

    func frames() throws(FrameError) -> Matrix { try source.frames(start..<start + length) }
}

/// The working memory of one part of a batch.
///
/// Unchecked: one worker at a time uses a part, and the parts are read after all workers are done.
private final class TrainerPart: GradientPart, @unchecked Sendable {
    private let memory: NetworkMemory
    private let loss: FrameLoss
    /// Weight of each class in the loss.
    private let weights: [Float]
    private var input: Matrix

    init(_ network: Network, _ loss: FrameLoss, _ weights: [Float]) {
        memory = network.makeMemory()
        self.loss = loss
        self.weights = weights
        input = Matrix(rows: 0, columns: network.inputs)
    }

    func run(_ network: Network, _ pieces: [Piece], scale: Float, _ random: RandomSource) throws(FrameError) -> FrameLoss.Sum {
        let batch = PackedBatch(lengths: pieces.map(\.length))
        batch.pack(try pieces.map { (piece) throws(FrameError) in try piece.frames() }, into: &input)
        let pass = Pass(batch: batch, phase: .training, random: random)
        var outputs = memory.forward(network, input, pass)
        var targets: [Int] = []
        targets.reserveCapacity(batch.rows)
        for count in batch.counts { targets.append(contentsOf: batch.order[..<count].map { pieces[$0].label }) }
        let isGrouped = pieces.contains { $0.group != nil }
        let masks = isGrouped ? batch.counts.flatMap { batch.order[..<$0].map { pieces[$0].group?.hasClass } } : nil
        let sum = loss.gradient(&outputs, targets: targets, weights: weights, scale: scale, masks: masks)
        memory.backward(network, outputGradient: outputs, pass)
        return sum
    }

    func addGradient(to total: inout [Float]) { memory.addGradient(to: &total) }
}
