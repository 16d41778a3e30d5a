import ArgumentParser
import Foundation
import StimmungFeatures
import StimmungLaboratory

extension Experiment {
    struct Optimisers: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "optimisers",
            abstract: "Compare first- and second-order optimisers by passes and by time.",
            discussion: """
                stimmung experiment optimisers --corpus emodb --pictures pictures --threads 1

                SGD with momentum, Adam, L-BFGS and Hessian-free train the same frame classifier from the same initial weights. SGD and Adam \
                use minibatches and the best of three learning rates; the others use all frames at once. A pass goes over all frames once: \
                an epoch, a gradient, a Gauss-Newton product, an estimate of the diagonal, or a trial loss.
                """)

        @Option(help: ArgumentHelp("Folder of a known corpus, or a CSV manifest.", valueName: "path"), completion: .file())
        var corpus: String
        @Option(help: ArgumentHelp("Passes per method.", valueName: "n"))
        var passes = OptimiserComparison().passes
        @Option(help: ArgumentHelp("Number of hidden layers.", valueName: "n"))
        var layers = OptimiserComparison().classifier.layers
        @Option(help: ArgumentHelp("Units per hidden layer.", valueName: "n"))
        var units = OptimiserComparison().classifier.units
        @Option(help: "Activation of the hidden units.")
        var unit = OptimiserComparison().classifier.unit
        @OptionGroup var frames: FrameOptions

        func validate() throws {
            try requireRange("passes", passes, 1...100_000)
            try requireRange("layers", layers, 1...100)
            try requireRange("units", units, 1...4096)
        }

        mutating func run(_ featureCache: FeatureCache?) throws {
            let progress = ProgressLine(quiet: frames.compute.quiet)
            defer { progress.finish() }
            let cancellation = signalCancellation
            try checkOutputs(files: [], folders: [frames.pictures], inputs: [corpus])
            let loaded = try frames.load(corpus: corpus, featureCache, progress)
            var comparison = OptimiserComparison(seed: frames.seed)
            comparison.passes = passes
            comparison.classifier.layers = layers
            comparison.classifier.units = units
            comparison.classifier.unit = unit
            comparison.workers = frames.compute.workers
            comparison.cancellation = cancellation
            let curves = try comparison.run(on: loaded.training) { done, total, method in
                progress.update("training", done, of: total, note: method.rawValue)
            }
            progress.finish()
            try StandardOutput.line(frames.task(loaded))
            for line in curves.table { try StandardOutput.line(line) }
            if let folder = frames.pictures {
                try writePictures([comparison.picture(curves, task: frames.task(loaded))], to: folder)
            }
        }
    }
}
