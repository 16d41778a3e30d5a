import ArgumentParser
import Foundation
import StimmungLaboratory
import StimmungSupport
import Synchronization

extension Experiment {
    struct Adding: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The adding problem: which network carries a number over many steps?",
            discussion: """
                stimmung experiment adding --network lstm --steps 100
                stimmung experiment adding --network rnn --steps 100 --optimiser sgd
                stimmung experiment adding --network rnn --steps 100 --optimiser hessian-free --batch 1000 --recurrent-scale 1.7

                Sequences of random numbers of which two are marked; at the last step the network gives their sum. The figure is the mean squared
                error on 1000 held-out sequences; always answering 1 has about 0.167. (Hochreiter, Schmidhuber 1997.)
                """)

        @Option(help: "\(names(of: AddingExperiment.Kind.self)).")
        var network = AddingExperiment.Kind.lstm
        @Option(help: ArgumentHelp("Steps of a sequence.", valueName: "n"))
        var steps = 100
        @Option(help: ArgumentHelp("Cells of the network.", valueName: "n"))
        var cells = AddingExperiment(steps: 2).cells
        @Option(help: ArgumentHelp("Sequences an update.", valueName: "n"))
        var batch = AddingExperiment(steps: 2).batch
        @Option(help: ArgumentHelp("Updates at most.", valueName: "n"))
        var updates = AddingExperiment(steps: 2).updates
        @Option(help: "\(names(of: AddingExperiment.Method.self)).")
        var optimiser = AddingExperiment.Method.adam
        @Option(help: ArgumentHelp("Constant over the updates.", valueName: "rate"))
        var learningRate = AddingExperiment(steps: 2).learningRate
        @Option(help: ArgumentHelp("Largest norm of an update's gradient.", valueName: "norm"))
        var clip = AddingExperiment(steps: 2).clip
        @Option(help: ArgumentHelp("Truncates back-propagation to chunks of n steps. (default: the whole sequence)", valueName: "n"))
        var truncation: Int?
        @Option(help: ArgumentHelp("Factor of the recurrent weights' random start.", valueName: "factor"))
        var recurrentScale: Float = 1
        @Option(help: ArgumentHelp("Structural damping of hessian-free.", valueName: "weight"))
        var structuralDamping = AddingExperiment(steps: 2).structuralDamping
        @Option(help: ArgumentHelp("Stop below this mean squared error.", valueName: "error"))
        var goal = AddingExperiment(steps: 2).goal
        @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
        var seed: UInt64 = 0
        @Option(help: ArgumentHelp("Number of seeds, counted from --seed; they run in parallel.", valueName: "n"))
        var seeds = 1
        @Flag(help: "As JSON, a line for each seed, with every measurement.")
        var json = false
        @OptionGroup var compute: ComputeOptions

        func validate() throws {
            func check(_ name: String, _ value: Int?, _ allowed: ClosedRange<Int>) throws {
                guard let value, !allowed.contains(value) else { return }
                throw ValidationError("--\(name) is \(value); allowed is \(allowed.lowerBound) to \(allowed.upperBound).")
            }
            try check("steps", steps, 2...10_000)
            try check("cells", cells, 1...1024)
            try check("batch", batch, 1...100_000)
            try check("updates", updates, 1...10_000_000)
            try check("truncation", truncation, 1...10_000)
            try check("seeds", seeds, 1...1000)
            for (name, value) in [("learning-rate", learningRate), ("clip", clip), ("goal", Float(goal))] {
                if !(value > 0 && value.isFinite) {
                    throw ValidationError("--\(name) is \(value); allowed is a number above 0.")
                }
            }
            for (name, value) in [("recurrent-scale", recurrentScale), ("structural-damping", Float(structuralDamping))] {
                if !(value >= 0 && value.isFinite) { throw ValidationError("--\(name) is \(value); allowed is a number of at least 0.") }
            }
            if seed.addingReportingOverflow(UInt64(seeds - 1)).overflow {
                throw ValidationError("--seed is \(seed); with \(seeds) seeds the last would be above \(UInt64.max).")
            }
        }

        mutating func run() throws {
            let progress = ProgressLine(quiet: compute.quiet)
            defer { progress.finish() }
            let cancellation = signalCancellation
            let experiments = (0..<UInt64(seeds)).map { experiment(seed: seed + $0) }
            let (updates, json) = (updates, json)
            let done = Mutex([Int](repeating: 0, count: seeds))
            let runs = try compute.workers.map(seeds) { number in
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

        private func experiment(seed: UInt64) -> AddingExperiment {
            var experiment = AddingExperiment(steps: steps)
            experiment.network = network
            experiment.cells = cells
            experiment.batch = batch
            experiment.updates = updates
            experiment.method = optimiser
            experiment.recurrentScale = recurrentScale
            experiment.structuralDamping = structuralDamping
            experiment.workers = Workers(threads: max(1, compute.workers.threads / seeds))
            experiment.learningRate = learningRate
            experiment.clip = clip
            experiment.truncation = truncation
            experiment.goal = goal
            experiment.seed = seed
            return experiment
        }
    }
}

/// A run of the adding problem as it is written out.
private struct Run: Encodable {
    let network: AddingExperiment.Kind
    let optimiser: AddingExperiment.Method
    let steps: Int
    let seed: UInt64
    /// Mean squared error on the held-out sequences at the end, and of always answering 1, the mean.
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
