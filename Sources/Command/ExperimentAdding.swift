import ArgumentParser
import Foundation
import StimmungLaboratory
import StimmungSupport
import Synchronization

extension Experiment {
    struct Adding: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "adding",
            abstract: "Compare how well RNN and LSTM carry numbers over many steps.",
            discussion: """
                stimmung experiment adding --network lstm --steps 100
                stimmung experiment adding --network rnn --steps 100 --optimiser sgd
                stimmung experiment adding --network rnn --optimiser hessian-free \\
                    --batch 1000 --recurrent-scale 1.7

                The adding problem (Hochreiter and Schmidhuber 1997): in a sequence of random numbers, two are marked, and the network \
                outputs their sum at the last step. The result is the mean squared error on 1000 held-out sequences. The constant answer 1 \
                has an error of about 0.167.
                """)

        @Option(help: "Kind of network.")
        var network = AddingExperiment.Kind.lstm
        @Option(help: ArgumentHelp("Steps per sequence.", valueName: "n"))
        var steps = 100
        @Option(help: ArgumentHelp("Number of cells.", valueName: "n"))
        var cells = AddingExperiment(steps: 2).cells
        @Option(help: ArgumentHelp("Sequences per update.", valueName: "n"))
        var batch = AddingExperiment(steps: 2).batch
        @Option(help: ArgumentHelp("Maximum number of updates.", valueName: "n"))
        var updates = AddingExperiment(steps: 2).updates
        @Option(help: "Optimisation method.")
        var optimiser = AddingExperiment.Method.adam
        @Option(help: ArgumentHelp("Constant learning rate.", valueName: "rate"))
        var learningRate = AddingExperiment(steps: 2).learningRate
        @Option(help: ArgumentHelp("Maximum norm of the gradient.", valueName: "norm"))
        var clip = AddingExperiment(steps: 2).clip
        @Option(help: ArgumentHelp("Steps of truncated back-propagation. (default: the whole sequence)", valueName: "n"))
        var truncation: Int?
        @Option(help: ArgumentHelp("Scale of the initial recurrent weights.", valueName: "factor"))
        var recurrentScale: Float = 1
        @Option(help: ArgumentHelp("Structural damping in hessian-free.", valueName: "weight"))
        var structuralDamping = AddingExperiment(steps: 2).structuralDamping
        @Option(help: ArgumentHelp("Mean squared error at which training ends.", valueName: "error"))
        var goal = AddingExperiment(steps: 2).goal
        @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
        var seed: UInt64 = 0
        @Option(help: ArgumentHelp("Number of seeds, from --seed on; they run in parallel.", valueName: "n"))
        var seeds = 1
        @Flag(help: "Print JSON with every measurement, one line per seed.")
        var json = false
        @OptionGroup var compute: ComputeOptions

        func validate() throws {
            func check(_ name: String, _ value: Int?, _ allowed: ClosedRange<Int>) throws {
                guard let value, !allowed.contains(value) else { return }
                throw ValidationError("--\(name) is \(value); it must be \(allowed.lowerBound) to \(allowed.upperBound).")
            }
            try check("steps", steps, 2...10_000)
            try check("cells", cells, 1...1024)
            try check("batch", batch, 1...100_000)
            try check("updates", updates, 1...10_000_000)
            try check("truncation", truncation, 1...10_000)
            try check("seeds", seeds, 1...1000)
            for (name, value) in [("learning-rate", learningRate), ("clip", clip), ("goal", Float(goal))] {
                if !(value > 0 && value.isFinite) {
                    throw ValidationError("--\(name) is \(value); it must be above 0.")
                }
            }
            for (name, value) in [("recurrent-scale", recurrentScale), ("structural-damping", Float(structuralDamping))] {
                if !(value >= 0 && value.isFinite) { throw ValidationError("--\(name) is \(value); it must be at least 0.") }
            }
            if seed.addingReportingOverflow(UInt64(seeds - 1)).overflow {
                throw ValidationError("--seed is \(seed), so the last of \(seeds) seeds would exceed \(UInt64.max). Give a lower seed.")
            }
        }

        mutating func run() throws {
            let progress = ProgressLine(quiet: compute.quiet)
            defer { progress.finish() }
            let cancellation = signalCancellation
            // The experiments share the threads.
            let workers = compute.workers
            let experiments = (0..<UInt64(seeds)).map { experiment(seed: seed + $0, workers) }
            let (updates, json) = (updates, json)
            let done = Mutex([Int](repeating: 0, count: seeds))
            let runs = try workers.map(seeds) { number in
                let began = ContinuousClock.now
                var experiment = experiments[number]
                experiment.cancellation = cancellation
                let goal = experiment.goal
                let result = try experiment.run { [seed = experiment.seed] measurement in
                    let all = done.withLock { done in
                        // A run that ends early has no updates left.
                        done[number] = measurement.error < goal ? updates : measurement.update
                        return done.reduce(0, +)
                    }
                    progress.update(
                        "adding", all, of: updates * experiments.count,
                        note: String(format: "seed %llu: error %.4f", seed, measurement.error))
                }
                return Run(experiment, result, seconds: began.duration(to: .now) / .seconds(1))
            }
            progress.finish()
            for run in runs { try json ? StandardOutput.data(run.json) : StandardOutput.line(run.text) }
        }

        private func experiment(seed: UInt64, _ workers: Workers) -> AddingExperiment {
            var experiment = AddingExperiment(steps: steps)
            experiment.network = network
            experiment.cells = cells
            experiment.batch = batch
            experiment.updates = updates
            experiment.method = optimiser
            experiment.recurrentScale = recurrentScale
            experiment.structuralDamping = structuralDamping
            experiment.workers = workers
            experiment.learningRate = learningRate
            experiment.clip = clip
            experiment.truncation = truncation
            experiment.goal = goal
            experiment.seed = seed
            return experiment
        }
    }
}

/// The output for one run of the adding problem.
private struct Run: Encodable {
    let network: AddingExperiment.Kind
    let optimiser: AddingExperiment.Method
    let steps: Int
    let seed: UInt64
    /// Final mean squared error on the held-out sequences, of the network and of the constant answer 1, the mean.
    let error: Double
    let baseline: Double
    let reachedGoal: Bool
    let updates: Int
    let seconds: Double
    let measurements: [AddingExperiment.Measurement]

    private enum CodingKeys: String, CodingKey {
        case network, optimiser, steps, seed, error, baseline, updates, seconds, measurements
        case reachedGoal = "reached_goal"
    }

    init(_ experiment: AddingExperiment, _ result: AddingExperiment.Result, seconds: Double) {
        network = experiment.network
        optimiser = experiment.method
        steps = experiment.steps
        seed = experiment.seed
        error = result.error
        baseline = result.baseline
        reachedGoal = result.reachedGoal
        updates = result.updates
        self.seconds = seconds
        measurements = result.measurements
    }

    var text: String {
        let end = reachedGoal ? "solved" : "not solved"
        return "\(network.rawValue), \(optimiser.rawValue), \(steps) steps, seed \(seed): \(end), "
            + String(
                format: "mean squared error %.4f after %d updates in %.0f s (always 1: %.4f)", error, updates, seconds, baseline)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

extension AddingExperiment.Kind: ExpressibleByArgument {}
extension AddingExperiment.Method: ExpressibleByArgument {}
