import ArgumentParser
import Stimmung
import StimmungFeatures

/// Whether features are kept from one run to the next, and whether that is talked about.
struct CacheOptions: ParsableArguments {
    @Flag(
        help: """
            Computes all features, and keeps none. Otherwise those that take long are kept in the folder STIMMUNG_CACHE, or stimmung in XDG_CACHE_HOME \
            or ~/.cache; STIMMUNG_CACHE=off is the same as this option. To clear it, remove the folder.
            """)
    var noCache = false

    @Flag(help: "Also says how many utterances' features were found in the cache.")
    var verbose = false

    func open() -> CacheUse { CacheUse(cache: noCache ? nil : FeatureCache.standard(), isVerbose: verbose) }
}

/// What a command does with the cache.
struct CacheUse: Sendable {
    let cache: FeatureCache?
    let isVerbose: Bool

    /// What came of it: on standard error, and only a failure unasked.
    func report() {
        if let trouble = cache?.trouble { printToStandardError("note: \(trouble)") }
        guard isVerbose else { return }
        guard let cache else {
            printToStandardError("features: no cache")
            return
        }
        let counts = cache.counts
        printToStandardError("features: \(counts.found) of \(counts.found + counts.computed) utterances from the cache in \(cache.folder)")
    }
}

/// A command that computes the features of a corpus.
protocol CachingCommand: InterruptibleCommand {
    var cache: CacheOptions { get }

    /// - Parameter featureCache: where features are looked up; nil where they are not to be.
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
extension Evaluate: CachingCommand { var cache: CacheOptions { task.cache } }
extension StudyCommand: CachingCommand {}
extension Pretrain: CachingCommand {}
extension Experiment.Prediction: CachingCommand {}
extension Experiment.Gradients: CachingCommand { var cache: CacheOptions { frames.cache } }
extension Experiment.Optimisers: CachingCommand { var cache: CacheOptions { frames.cache } }
extension Experiment.Overfitting: CachingCommand { var cache: CacheOptions { frames.cache } }
