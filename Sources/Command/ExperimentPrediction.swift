import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungLaboratory

extension Experiment {
    struct Prediction: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prediction",
            abstract: "Measure how well conditional RBMs predict frames of new speakers.",
            discussion: """
                stimmung experiment prediction --corpus emodb

                Baselines are linear models of the same order, fitted by least squares, and persistence. Figures are mean squared errors per \
                feature, standardised with the mean and standard deviation of the training speakers: the constant mean has an error of 1.
                """)

        @Argument(
            help: "Recipe of the features and the conditional RBM. Its order is replaced by --orders.",
            completion: .list(Recipe.Catalogue.entries.filter(\.isPretrained).map(\.name)))
        var recipe = "crbm-lstm"

        @Option(help: ArgumentHelp("Folder of a known corpus, or a CSV manifest.", valueName: "path"), completion: .file())
        var corpus: String

        @Option(name: .customLong("protocol"), help: ArgumentHelp("Protocol, as for \"stimmung evaluate\".", valueName: "name"))
        var evaluationProtocol = "loso"

        @Option(help: ArgumentHelp("Numbers of past frames.", valueName: "n,…"))
        var orders = "1,3,6"

        @Option(help: ArgumentHelp("Override a feature option of the recipe, such as deltas=2.", valueName: "name=value"))
        var set: [String] = []

        @Option(help: ArgumentHelp("Override the recipe's number of epochs.", valueName: "n"))
        var epochs: Int?

        @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
        var seed: UInt64 = 0

        @OptionGroup var lists: ListOptions
        @OptionGroup var data: CorpusOptions
        @OptionGroup var cache: CacheOptions
        @OptionGroup var compute: ComputeOptions

        mutating func run(_ featureCache: FeatureCache?) throws {
            let progress = ProgressLine(quiet: compute.quiet)
            defer { progress.finish() }
            var recipe = try Recipe(nameOrPath: recipe)
            try recipe.features.set(set)
            if let epochs { recipe.pretraining?.epochs = epochs }
            var comparison = PredictionComparison(
                recipe: recipe, corpus: try Corpus.open(path: corpus, lists.reading),
                evaluationProtocol: try EvaluationProtocol(parsing: evaluationProtocol))
            comparison.orders = try orders.split(separator: ",").map {
                guard let order = Int($0.trimmingCharacters(in: .whitespaces)) else {
                    throw ValidationError("--orders contains \"\($0)\", which is not a whole number. Give numbers such as 1,3,6.")
                }
                return order
            }
            comparison.seed = seed
            comparison.audio = lists.audio
            comparison.workers = compute.workers
            comparison.cache = featureCache
            comparison.skipShare = data.skipUnusable.share
            comparison.onWarning = progress.warnings()
            comparison.cancellation = signalCancellation
            let rows = try comparison.run(progress: progress.show)
            progress.finish()
            try StandardOutput.line("order  conditional RBM  linear  persistence")
            for row in rows {
                try StandardOutput.line(
                    String(format: "%5d  %15.4f  %6.4f  %11.4f", row.order, row.machine, row.linear, row.persistence))
            }
        }
    }
}
