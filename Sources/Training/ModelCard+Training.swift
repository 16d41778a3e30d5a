import Stimmung
import StimmungCorpora
import StimmungNetworks
import StimmungSupport

extension ModelCard {
    /// What networks were trained on, and how the epochs went whose parameters they have.
    ///
    /// - Parameters:
    ///   - training: the utterances trained on, by their places in the corpus.
    ///   - heldOut: those that the epoch was chosen by.
    ///   - networks: the last state of each.
    package init(_ corpus: Corpus, _ classes: LabelSet, training: [Int], heldOut: [Int], seed: UInt64, networks: [TrainingState]) {
        func speakers(_ indices: [Int]) -> [String] { Set(indices.map { corpus.utterances[$0].speaker }).sorted() }
        let taken = networks.map { $0.best?.epoch ?? $0.epoch }
        let reports = zip(networks, taken).compactMap { state, epoch in state.history.first { $0.epoch == epoch } }
        func mean(_ value: (EpochReport) -> Double) -> Double {
            reports.isEmpty ? 0 : reports.map(value).reduce(0, +) / Double(reports.count)
        }
        self.init(
            version: stimmungVersion, corpus: corpus.name, utterances: training.count, speakers: speakers(training).count,
            utterancesPerClass: classes.labels.map { label in training.count { corpus.utterances[$0].emotion == label } },
            heldOutSpeakers: speakers(heldOut), seed: seed, epoch: taken.max() ?? 0, trainingLoss: mean(\.loss),
            trainingFrameAccuracy: mean(\.frameAccuracy),
            validationLoss: reports.contains { $0.validationLoss != nil } ? mean { $0.validationLoss ?? 0 } : nil)
    }
}
