import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungLaboratory
import StimmungSupport

struct Experiment: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Run small experiments with networks and Boltzmann machines.",
        subcommands: [Prediction.self, Adding.self, Optimisers.self, Gradients.self, Overfitting.self])
}

/// The training frames and the picture folder of experiments with frame classifiers.
struct FrameOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Speakers to train on. (default: the training speakers of the published split)", valueName: "a,b,…"))
    var speakers: String?

    @Option(help: ArgumentHelp("Use every n-th frame.", valueName: "n"))
    var every = 8

    @Option(help: ArgumentHelp("Folder for pictures; created if missing.", valueName: "folder"), completion: .directory)
    var pictures: String?

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var lists: ListOptions
    @OptionGroup var data: CorpusOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        try requireRange("every", every, 1...10_000)
        if let speakers, names(speakers).isEmpty { throw ValidationError("--speakers is empty. Give speakers such as 03,08.") }
    }

    private func names(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// - Parameter heldOut: number of speakers to hold out.
    func load(corpus path: String, heldOut: Int = 0, _ cache: FeatureCache?, _ progress: ProgressLine) throws -> CorpusFrames.Frames {
        var frames = CorpusFrames(corpus: try Corpus.open(path: path, lists.reading))
        frames.speakers = speakers.map(names) ?? []
        frames.every = every
        frames.heldOutSpeakers = heldOut
        frames.seed = seed
        frames.workers = compute.workers
        frames.cancellation = signalCancellation
        frames.cache = cache
        frames.skipShare = data.skipUnusable.share
        frames.onWarning = progress.warnings()
        do { return try frames.load(progress: progress.show) } catch CorpusError.invalidOption("speakers", let value, let reason) {
            throw CorpusError.invalidOption(option: "--speakers", value: value, reason: reason)
        }
    }

    /// A sentence that describes the data of the figures.
    func task(_ frames: CorpusFrames.Frames) -> String {
        let others =
            frames.heldOut.map { "; \($0.count) of speakers \(frames.heldOutSpeakers.joined(separator: ", ")) held out" } ?? ""
        return "\(frames.training.count) frames of speakers \(frames.trainingSpeakers.joined(separator: ", ")) (one of \(every))\(others), "
            + "\(frames.classes.count) classes, seed \(seed)."
    }
}

/// Refuses a number outside a range.
func requireRange(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws {
    guard !allowed.contains(value) else { return }
    throw ValidationError("--\(name) is \(value); it must be \(allowed.lowerBound) to \(allowed.upperBound).")
}

/// Refuses a number that is not above 0.
func requirePositive(_ name: String, _ value: Float) throws {
    if !(value > 0 && value.isFinite) { throw ValidationError("--\(name) is \(value); it must be above 0.") }
}

extension FrameClassifier.Unit: ExpressibleByArgument {}
