import ArgumentParser
import Stimmung

struct Experiment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Small studies that show what the networks and machines can do.",
        subcommands: [Prediction.self, Adding.self, Optimisers.self, Gradients.self, Overfitting.self])
}
