import ArgumentParser
import Foundation
import StimmungFeatures
import StimmungLaboratory
import StimmungSupport

extension Experiment {
    struct Overfitting: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "overfitting",
            abstract: "Compare regularisers by the loss on training and held-out speakers.",
            discussion: """
                stimmung experiment overfitting --corpus emodb --pictures pictures

                Trains a frame classifier without regularisation, with an L1 or L2 penalty, with dropout, and with input noise. Two of the \
                training speakers are held out. With --speakers, all other speakers are held out.
                """)

        @Option(help: ArgumentHelp("Folder of a known corpus, or a CSV manifest.", valueName: "path"), completion: .file())
        var corpus: String
        @Option(help: ArgumentHelp("Training passes over the frames.", valueName: "n"))
        var passes = OverfittingExperiment().passes
        @Option(help: ArgumentHelp("Units per hidden layer; there are two.", valueName: "n"))
        var units = OverfittingExperiment().classifier.units
        @OptionGroup var frames: FrameOptions

        func validate() throws {
            try requireRange("passes", passes, 1...100_000)
            try requireRange("units", units, 1...4096)
        }

        mutating func run(_ featureCache: FeatureCache?) throws {
            let progress = ProgressLine(quiet: frames.compute.quiet)
            defer { progress.finish() }
            let cancellation = signalCancellation
            try checkOutputs(files: [], folders: [frames.pictures], inputs: [corpus])
            let loaded = try frames.load(corpus: corpus, heldOut: 2, featureCache, progress)
            guard let heldOut = loaded.heldOut else {
                throw CommandFailure("No speakers are left to hold out. Give fewer with --speakers.")
            }
            var experiment = OverfittingExperiment(seed: frames.seed)
            experiment.passes = passes
            experiment.classifier.units = units
            experiment.workers = frames.compute.workers
            experiment.cancellation = cancellation
            let curves = try experiment.run(on: loaded.training, heldOut: heldOut) { done, total, kind in
                progress.update("training", done, of: total, note: kind.rawValue)
            }
            progress.finish()
            try StandardOutput.line(frames.task(loaded))
            try StandardOutput.line("                        training  held out  frames   least held out  in pass")
            for curve in curves {
                guard let training = curve.training.last, let other = curve.heldOut.last else { continue }
                let name = curve.name.padded(to: 24)
                try StandardOutput.line(
                    name
                        + String(
                            format: "%8.3f  %8.3f  %@  %15.3f  %7d", training.loss, other.loss, Percent.text(other.accuracy),
                            curve.heldOut[curve.best].loss, curve.best))
            }
            if let folder = frames.pictures {
                try writePictures([experiment.picture(curves, task: frames.task(loaded))], to: folder)
            }
        }
    }
}
