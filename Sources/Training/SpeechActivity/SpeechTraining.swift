import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungNetworks
import StimmungSpeech
import StimmungSupport
import StimmungTensors

/// Trains speech activity on scenes that are synthesised from recordings, new ones in every step.
///
///     var training = SpeechTraining(recipe: try SpeechRecipe(nameOrPath: "speech-activity"), corpora: [emoDB, resd])
///     training.heldOutSpeakers = ["03", "08"]
///     try training.run().write(path: "speech.safetensors")
///
/// The same seed gives the same model, bit by bit, for any number of threads. Recordings are read as scenes need them.
package struct SpeechTraining: Sendable {
    package var recipe: SpeechRecipe
    package var corpora: [Corpus]
    /// Speakers of any of the corpora whose recordings are not used.
    package var heldOutSpeakers: [String] = []
    package var seed: UInt64 = 0
    /// Threads; the model does not depend on their number.
    package var workers = Workers()
    /// Stops the training from another thread; `run` then throws `Cancelled`.
    package var cancellation = Cancellation()

    package init(recipe: SpeechRecipe, corpora: [Corpus]) {
        self.recipe = recipe
        self.corpora = corpora
    }

    /// Trains the model.
    ///
    /// - Parameter progress: called after each epoch.
    /// - Throws: `AudioError` if a recording cannot be read, `TrainingError` if there are no recordings or the training diverges,
    ///   `Cancelled`.
    package func run(progress: (WorkProgress) -> Void = { _ in }) throws -> SpeechModel {
        let held = Set(heldOutSpeakers)
        let used = corpora.map { $0.utterances.filter { !held.contains($0.speaker) } }
        guard !used.isEmpty, used.allSatisfy({ !$0.isEmpty }) else { throw TrainingError.nothingToTrainOn }
        let synthesis = SceneSynthesis(recipe.scenes, corpora: used)
        let random = RandomSource(seed: seed)
        let options = recipe.training
        var network = Network(
            recipe.network.layers(scale: try standardisation(synthesis, random.stream(0))), seed: random.stream(1).firstValue)
        var optimiser = Optimiser(Optimiser.Options(weightDecay: options.weightDecay), parameters: network.parameters.values.count)
        let parallel = DataParallel((0..<options.batch).map { _ in SpeechPart(network, delay: recipe.network.delay) }, workers: workers)
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        let total = options.epochs * options.steps
        var frames = 0
        var loss = 0.0
        for epoch in 0..<options.epochs {
            var sum = FrameLoss.Sum()
            for step in 0..<options.steps {
                try cancellation.check()
                let number = epoch * options.steps + step
                let now = network
                let sums = try parallel.map(options.batch) { part, place in
                    try part.run(now, synthesis.scene(random.stream(2, number, place)))
                }
                parallel.sum(options.batch, into: &gradient)
                let batch = sums.reduce(into: FrameLoss.Sum()) { $0 += $1 }
                sum += batch
                frames += batch.frames
                for index in gradient.indices { gradient[index] /= Float(batch.weight) }
                guard clip(&gradient, norm: 1).isFinite else { throw TrainingError.diverged(epoch: epoch + 1) }
                let rate = Schedule.oneCycle.factor(step: number, of: total) * options.learningRate
                optimiser.step(&network.parameters, gradient: gradient, learningRate: rate)
            }
            guard areFinite(network.parameters.values) else { throw TrainingError.diverged(epoch: epoch + 1) }
            loss = sum.loss / sum.weight
            let right = Double(sum.correct) / Double(sum.frames)
            progress(
                WorkProgress(
                    .training, epoch + 1, of: options.epochs,
                    detail: String(format: "loss %.4f, right %@", loss, Percent.text(right))))
        }
        let card = SpeechModel.Card(
            version: stimmungVersion, recipe: recipe.name, corpora: corpora.map(\.name), recordings: used.reduce(0) { $0 + $1.count },
            heldOutSpeakers: heldOutSpeakers, seed: seed, hours: (Double(frames) * SpeechFrontEnd.hop / 36).rounded() / 100, loss: loss)
        return SpeechModel(shape: recipe.network, network: network, card: card)
    }

    /// The layer that standardises the rows of the front end, by the mean and deviation over up to 200 scenes.
    private func standardisation(_ synthesis: SceneSynthesis, _ random: RandomSource) throws -> Scale {
        let parts = try workers.map(min(200, recipe.training.steps * recipe.training.batch)) { number in
            let rows = try SpeechPart.rows(of: synthesis.scene(random.stream(number)))
            var sums = [Double](repeating: 0, count: 2 * rows.columns)
            for row in 0..<rows.rows {
                for (column, value) in rows.row(row).enumerated() {
                    sums[column] += Double(value)
                    sums[rows.columns + column] += Double(value) * Double(value)
                }
            }
            return (rows: rows.rows, sums: sums)
        }
        let count = Double(parts.reduce(0) { $0 + $1.rows })
        let width = SpeechFrontEnd.width
        let sums = (0..<2 * width).map { column in parts.reduce(0) { $0 + $1.sums[column] } / count }
        let deviations = (0..<width).map { Float(max(sums[width + $0] - sums[$0] * sums[$0], 1e-4).squareRoot()) }
        return Scale(standardising: sums[..<width].map { Float($0) }, deviations)
    }
}

/// The working memory of one scene of a batch.
///
/// Unchecked: one worker at a time uses a part, and the parts are read after all workers are done.
private final class SpeechPart: GradientPart, @unchecked Sendable {
    private let memory: NetworkMemory
    private let delay: Int

    init(_ network: Network, delay: Int) {
        memory = network.makeMemory()
        self.delay = delay
    }

    static func rows(of scene: SpeechScene) throws -> Matrix {
        var frontEnd = SpeechFrontEnd()
        var rows = Matrix(rows: 0, columns: SpeechFrontEnd.width)
        try frontEnd.push(scene.samples, into: &rows)
        return rows
    }

    /// Runs the network forward and backward on a scene; returns the summed loss of its frames.
    func run(_ network: Network, _ scene: SpeechScene) throws -> FrameLoss.Sum {
        let rows = try Self.rows(of: scene)
        let pass = Pass(batch: PackedBatch(lengths: [rows.rows]), phase: .training)
        var outputs = memory.forward(network, rows, pass)
        // Output t is about frame t − delay; before the first frame there is no speech.
        let targets = (0..<rows.rows).map { $0 >= delay && scene.isSpeech[$0 - delay] ? 1 : 0 }
        let sum = FrameLoss().gradient(&outputs, targets: targets, weights: [1, 1], scale: 1)
        memory.backward(network, outputGradient: outputs, pass)
        return sum
    }

    func addGradient(to total: inout [Float]) { memory.addGradient(to: &total) }
}
