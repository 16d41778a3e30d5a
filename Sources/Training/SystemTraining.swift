import Stimmung
import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Synchronization

/// Trains all that a recipe asks for: the networks of its ensemble, each from a start of its own, and the temperature of their probabilities.
package struct SystemTraining: Sendable {
    package let recipe: Recipe
    package let classes: Int
    package let seed: UInt64
    package let workers: Workers
    package let cancellation: Cancellation
    /// Frames of more utterances, without labels, for the machines and the auto-encoder.
    package var unlabelled: [any FrameSource] = []
    /// Machines that have been trained before; nil trains them here.
    package var stack: BoltzmannStack?

    package init(
        recipe: Recipe, classes: Int, seed: UInt64, workers: Workers, cancellation: Cancellation, unlabelled: [any FrameSource] = [],
        stack: BoltzmannStack? = nil
    ) {
        self.recipe = recipe
        self.classes = classes
        self.seed = seed
        self.workers = workers
        self.cancellation = cancellation
        self.unlabelled = unlabelled
        self.stack = stack
    }

    package enum Progress {
        case machineEpoch(BoltzmannStack.State)
        case autoencoderEpoch(AutoencoderReport)
        /// The state of the network with this number, from 0, after an epoch.
        case epoch(TrainingState, network: Int)
        /// An epoch of a network that is trained for calibration only, of how many of all these networks at most.
        case calibrationEpoch(of: Int)
    }

    /// - Parameters:
    ///   - training, heldOut: utterances of the material.
    ///   - state: where the training of the network with a number is to go on; nil begins.
    ///   - progress: called as the work goes on, one call at a time.
    /// - Throws: `Cancelled`, `TrainingError`, `BoltzmannError`, `FrameError`, and what `progress` throws.
    package func run(
        on material: TrainingMaterial, training: [Int], heldOut: [Int], from state: (Int) -> TrainingState? = { _ in nil },
        progress: (Progress) throws -> Void
    ) throws -> (ensemble: Ensemble, temperature: Double) {
        let parts = recipe.calibration > 0 ? material.parts(of: training, count: recipe.calibration, seed: seed) : []
        let states = (0..<recipe.ensemble).map(state)
        let calibrationEpochs = parts.count * recipe.ensemble * recipe.training.epochs
        // Networks of the ensemble first, then those for calibration; each job has a network.
        let jobs = recipe.ensemble * (1 + parts.count)
        // Fewer jobs than threads share them; the bits do not depend on it.
        let inner = Workers(threads: max(1, workers.threads / jobs))
        let networks = try withoutActuallyEscaping(progress) { progress in
            let gate = Gate(progress)
            return try workers.map(jobs) { (job) throws -> Network in
                let (part, member) = (job / recipe.ensemble - 1, job % recipe.ensemble)
                if part < 0 {
                    return try networkTraining(member, inner).run(
                        on: material.withCopies(training), validation: material.recordings(heldOut), from: states[member],
                        machineEpochDone: { try gate.pass(.machineEpoch($0)) },
                        autoencoderEpochDone: { try gate.pass(.autoencoderEpoch($0)) },
                        epochDone: { try gate.pass(.epoch($0, network: member)) })
                }
                let unheard = Set(parts[part])
                return try networkTraining(member, inner).run(
                    on: material.withCopies(training.filter { !unheard.contains($0) }), validation: material.recordings(heldOut),
                    epochDone: { _ in try gate.pass(.calibrationEpoch(of: calibrationEpochs)) })
            }
        }
        let members = stride(from: 0, to: networks.count, by: recipe.ensemble).map { Ensemble(Array(networks[$0..<$0 + recipe.ensemble])) }
        let judged = try zip(parts, members.dropFirst()).flatMap { part, ensemble in
            try part.groups(of: 256).flatMap { group in
                zip(group, try ensemble.logPosteriors(of: group.map { material.recordings[$0] }, workers: workers)).map { index, logs in
                    var pooling = Pooling(recipe.decision, classes: classes)
                    pooling.add(logs)
                    return (probabilities: pooling.probabilities, label: material.labels[index])
                }
            }
        }
        return (members[0], Calibration.temperature(of: judged))
    }

    /// The start of the network with a number, which gives a checkpoint its shapes.
    package func start(_ member: Int) -> TrainingState { networkTraining(member, workers).start() }

    private func networkTraining(_ member: Int, _ workers: Workers) -> NetworkTraining {
        let own = member == 0 ? seed : RandomSource(seed: seed).stream(member).firstValue
        return NetworkTraining(
            recipe: recipe, classes: classes, seed: own, workers: workers, cancellation: cancellation, unlabelled: unlabelled, stack: stack)
    }

    /// Lets one thread at a time report.
    ///
    /// Unchecked, since the closure is called under the lock only, and by threads that have ended when `run` returns.
    private final class Gate: @unchecked Sendable {
        private let lock = Mutex(())
        private let report: (Progress) throws -> Void

        init(_ report: @escaping (Progress) throws -> Void) { self.report = report }

        func pass(_ progress: Progress) throws { try lock.withLock { _ in try report(progress) } }
    }
}
