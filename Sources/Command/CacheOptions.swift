import ArgumentParser
import Stimmung
import StimmungFeatures

/// Whether features are cached between runs, and whether cache hits are reported.
struct CacheOptions: ParsableArguments {
    @Flag(
        help: """
            Do not use the feature cache. STIMMUNG_CACHE is its folder (default: ~/.cache/stimmung) or off. \
            The folder can be removed at any time.
            """)
    var noCache = false

    @Flag(help: "Report the number of utterances found in the feature cache and, with several processes, the bytes of their sums.")
    var verbose = false

    func open() -> CacheUse { CacheUse(cache: noCache ? nil : FeatureCache.standard(), isVerbose: verbose) }
}

/// A command's use of the feature cache.
struct CacheUse: Sendable {
    let cache: FeatureCache?
    let isVerbose: Bool

    /// Reports hits on standard error if verbose, and failures always.
    func report() {
        guard Processes.leads else { return }
        if let trouble = cache?.trouble { printToStandardError("note: \(trouble)") }
        guard isVerbose else { return }
        if let sentence = Processes.trafficSentence { printToStandardError(sentence) }
        guard let cache else {
            printToStandardError("feature cache: off")
            return
        }
        let counts = cache.counts
        printToStandardError("feature cache: \(counts.found) of \(counts.found + counts.computed) utterances found in \(cache.folder)")
    }
}

/// A command that computes the features of a corpus.
protocol CachingCommand: InterruptibleCommand {
    var cache: CacheOptions { get }

    /// - Parameter featureCache: the cache to use; nil for none.
    mutating func run(_ featureCache: FeatureCache?) throws
}

extension CachingCommand {
    mutating func run() throws {
        let use = cache.open()
        defer { use.report() }
        try run(use.cache)
    }
}

extension Train: CachingCommand { var cache: CacheOptions { task.cache } }
extension Adapt: CachingCommand {}
extension Evaluate: CachingCommand { var cache: CacheOptions { task.cache } }
extension StudyCommand: CachingCommand {}
extension Pretrain: CachingCommand {}
extension Experiment.Prediction: CachingCommand {}
extension Experiment.Gradients: CachingCommand { var cache: CacheOptions { frames.cache } }
extension Experiment.Optimisers: CachingCommand { var cache: CacheOptions { frames.cache } }
extension Experiment.Overfitting: CachingCommand { var cache: CacheOptions { frames.cache } }
