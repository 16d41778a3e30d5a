import ArgumentParser
import Foundation
import StimmungFeatures
import StimmungLaboratory

extension Experiment {
    struct Optimisers: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "First- and second-order optimisation on one task: the loss by passes over the data and by time.",
            discussion: """
                stimmung experiment optimisers --corpus emodb --pictures pictures --threads 1

                SGD with momentum and Adam (small batches, the best of three rates), L-BFGS and Hessian-free (all frames at once) train the same frame
                classifier from the same start. A pass is one walk over all frames: an epoch; or a gradient, a Gauss-Newton product, an estimate of the
                diagonal, or a loss that was tried.
                """)

        @Option(help: ArgumentHelp("A folder of a known corpus, or a CSV manifest.", valueName: "path"))
        var corpus: String
        @Option(help: ArgumentHelp("After which each method ends.", valueName: "n"))
        var passes = OptimiserComparison().passes
        @Option(help: ArgumentHelp("Hidden layers.", valueName: "n"))
        var layers = OptimiserComparison().classifier.layers
        @Option(help: ArgumentHelp("Units of each.", valueName: "n"))
        var units = OptimiserComparison().classifier.units
        @Option(help: "\(names(of: FrameClassifier.Unit.self)).")
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
