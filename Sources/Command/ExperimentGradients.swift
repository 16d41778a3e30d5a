import ArgumentParser
import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungLaboratory
import StimmungNetworks
import StimmungSupport

extension Experiment {
    struct Gradients: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gradients",
            abstract: "Measure vanishing gradients through layers and through time.",
            discussion: """
                stimmung experiment gradients --corpus emodb --pictures pictures

                For RNN and LSTM, the gradient of the last step's loss by time lag. With --corpus, also the initial gradient by layer of a \
                deep perceptron with logistic units, without and with auto-encoder pre-training, and its learning curves.
                """)

        @Option(
            help: ArgumentHelp("Folder of a known corpus, or a CSV manifest, for the perceptron.", valueName: "path"), completion: .file())
        var corpus: String?
        @Option(help: ArgumentHelp("Maximum time lag in steps.", valueName: "n"))
        var lags = LagExperiment().lags
        @Option(help: ArgumentHelp("Training updates of RNN and LSTM; 0 for untrained networks only.", valueName: "n"))
        var updates = LagExperiment().updates
        @Option(help: ArgumentHelp("Number of hidden layers.", valueName: "n"))
        var layers = DepthExperiment().classifier.layers
        @Option(help: ArgumentHelp("Units per hidden layer.", valueName: "n"))
        var units = DepthExperiment().classifier.units
        @Option(help: ArgumentHelp("Training passes over the frames.", valueName: "n"))
        var passes = DepthExperiment().passes
        @Option(help: ArgumentHelp("Pre-training passes per layer.", valueName: "n"))
        var pretrainingPasses = DepthExperiment().pretrainingPasses
        @Option(help: ArgumentHelp("Learning rate of pre-training.", valueName: "rate"))
        var pretrainingRate = DepthExperiment().pretrainingRate
        @Option(help: ArgumentHelp("Frames per step of pre-training.", valueName: "n"))
        var pretrainingBatch = DepthExperiment().pretrainingBatch
        @Option(help: ArgumentHelp("Input noise in pre-training, in standard deviations.", valueName: "deviation"))
        var pretrainingNoise = DepthExperiment().pretrainingNoise
        @Flag(inversion: .prefixedNo, help: "Share weights between encoders and decoders in pre-training.")
        var tied = DepthExperiment().isTied
        @Option(help: "Optimiser of training.")
        var optimiser = DepthExperiment().optimiser
        @Option(help: ArgumentHelp("Constant learning rate of training.", valueName: "rate"))
        var learningRate = DepthExperiment().learningRate
        @OptionGroup var frames: FrameOptions

        func validate() throws {
            try requireRange("lags", lags, 1...10_000)
            try requireRange("updates", updates, 0...10_000_000)
            try requireRange("layers", layers, 1...100)
            try requireRange("units", units, 1...4096)
            try requireRange("passes", passes, 1...100_000)
            try requireRange("pretraining-passes", pretrainingPasses, 1...100_000)
            try requireRange("pretraining-batch", pretrainingBatch, 1...100_000)
            if !(pretrainingNoise >= 0 && pretrainingNoise.isFinite) {
                throw ValidationError("--pretraining-noise is \(pretrainingNoise); it must be at least 0.")
            }
            try requirePositive("learning-rate", learningRate)
            try requirePositive("pretraining-rate", pretrainingRate)
        }

        mutating func run(_ featureCache: FeatureCache?) throws {
            let progress = ProgressLine(quiet: frames.compute.quiet)
            defer { progress.finish() }
            let cancellation = signalCancellation
            try checkOutputs(files: [], folders: [frames.pictures], inputs: [corpus])
            let loaded = try corpus.map { try frames.load(corpus: $0, featureCache, progress) }
            var lag = LagExperiment(seed: frames.seed)
            lag.lags = lags
            lag.updates = updates
            lag.cancellation = cancellation
            var depth = depthExperiment
            depth.cancellation = cancellation
            let lagCurves = try lag.run { progress.update("adding", $0, of: $1, note: "updates of RNN and LSTM") }
            let depthCurves = try loaded.map { try depth.run(on: $0.training, progress: progress.show) }
            progress.finish()
            try printLags(lagCurves)
            let task = loaded.map(frames.task) ?? ""
            if let depthCurves { try printDepth(depthCurves, task) }
            guard let folder = frames.pictures else { return }
            var pictures = [
                GradientPictures.gradients(lag: (lag, lagCurves), depth: depthCurves.map { (depth, $0) }, task: task)
            ]
            if let depthCurves { pictures.append(depth.picture(depthCurves, task: task)) }
            try writePictures(pictures, to: folder)
        }

        private var depthExperiment: DepthExperiment {
            var depth = DepthExperiment(seed: frames.seed)
            depth.classifier.layers = layers
            depth.classifier.units = units
            depth.passes = passes
            depth.pretrainingPasses = pretrainingPasses
            depth.pretrainingRate = pretrainingRate
            depth.pretrainingBatch = pretrainingBatch
            depth.pretrainingNoise = pretrainingNoise
            depth.isTied = tied
            depth.optimiser = optimiser
            depth.learningRate = learningRate
            depth.workers = frames.compute.workers
            return depth
        }

        private func printLags(_ curves: [LagExperiment.Curve]) throws {
            let shown = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000].filter { $0 <= lags }
            try StandardOutput.line("gradient by lag".padded(to: 28) + shown.map { "\($0)".padded(to: 10) }.joined())
            for curve in curves {
                let cells = shown.map { String(format: "%.1e", curve.gradients[$0]).padded(to: 10) }
                try StandardOutput.line(curve.name.padded(to: 28) + cells.joined())
            }
        }

        private func printDepth(_ curves: [DepthExperiment.Curve], _ task: String) throws {
            try StandardOutput.line("\n\(task)")
            try StandardOutput.line(
                "".padded(to: 24) + "gradient in layer 1".padded(to: 21) + "in layer \(layers + 1)".padded(to: 15)
                    + "loss and frames recognised at last")
            for curve in curves {
                guard let first = curve.gradients.first, let last = curve.gradients.last, let end = curve.measurements.last else {
                    continue
                }
                try StandardOutput.line(
                    curve.start.rawValue.padded(to: 24) + String(format: "%.1e", first).padded(to: 21)
                        + String(format: "%.1e", last).padded(to: 15)
                        + String(format: "%.3f  ", end.loss) + Percent.text(end.accuracy))
            }
        }
    }
}

extension OptimiserKind: ExpressibleByArgument {}
