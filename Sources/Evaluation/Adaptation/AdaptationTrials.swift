import Foundation
import Stimmung
import StimmungCorpora
import StimmungSupport
import StimmungTraining

/// Adaptations to some of the recordings, which judge the others.
///
/// How strongly the old weights should be kept depends on the model, on the number of recordings, and on how far they are from what the model was
/// trained on (docs/notebook/encoder.md), so several strengths are compared. The strength for a fold is chosen without the fold: the folds are joined
/// into five parts, and networks that were adapted to all but the fold's part and another one judge the other one. The strength for all recordings is
/// chosen by networks that were adapted to all but one part.
package struct AdaptationTrials {
    private let networks: NetworkAdaptation
    private let folds: [Fold]
    /// From strong to weak.
    private let strengths: [Double]
    private let workers: Workers

    /// Folds are joined into no more parts than this, so that many folds are not compared two by two.
    private static let mostParts = 5

    package struct Outcome {
        /// What networks that were adapted to the other folds, each with the strength that was chosen for it, predict for each fold's utterances.
        package let judged: [[AdaptedConfidence.Judged]]
        /// What networks with the strength for all recordings predict for all utterances, each by networks that were adapted to others.
        package let judgedAlike: [AdaptedConfidence.Judged]
        /// Of the folds, and of all recordings.
        package let strengths: (ofFolds: [Double], ofAll: Double)
    }

    /// - Parameter strengths: compared, from strong to weak; at least one.
    package init(networks: NetworkAdaptation, folds: [Fold], strengths: [Double], workers: Workers) {
        self.networks = networks
        self.folds = folds
        self.strengths = strengths
        self.workers = workers
    }

    /// One adaptation.
    private struct Trial: Hashable {
        /// Parts that are left out, in order.
        let parts: [Int]
        let strength: Double
    }

    /// The part that each fold is in.
    private var partOfFold: [Int] { folds.indices.map { $0 % min(Self.mostParts, folds.count) } }

    private var parts: [[Int]] {
        let places = partOfFold
        return (0..<min(Self.mostParts, folds.count)).map { part in
            folds.indices.filter { places[$0] == part }.flatMap { folds[$0].test }.sorted()
        }
    }

    /// Strengths can be compared with three parts or more.
    private var isChosen: Bool { strengths.count > 1 && folds.count > 2 }

    /// The strength where strengths cannot be compared: the old weights are kept less only where recordings bear it out.
    private var strongest: Double { strengths[0] }

    /// Number of adaptations.
    var count: Int {
        guard isChosen else { return folds.count }
        let parts = self.parts.count
        return strengths.count * (parts * (parts - 1) / 2 + parts) + (parts < folds.count ? folds.count : 0)
    }

    /// - Parameter done: called after each network.
    /// - Throws: `TrainingError.diverged`, `FrameError`, `Cancelled`.
    package func run(_ done: @escaping @Sendable () -> Void) throws -> Outcome {
        guard isChosen else {
            let judged = try judge(folds.map { _ in strongest }, done)
            return Outcome(
                judged: judged, judgedAlike: judged.flatMap(\.self), strengths: (folds.map { _ in strongest }, strongest))
        }
        let parts = self.parts
        let left = parts.indices.flatMap { a in [[a]] + (a + 1..<parts.count).map { [a, $0] } }
        let trials = left.flatMap { parts in strengths.map { Trial(parts: parts, strength: $0) } }
        let results = try workers.map(trials.count) { (number) throws in
            let trial = trials[number]
            let leftOut = Set(trial.parts.flatMap { parts[$0] })
            let train = networks.labels.indices.filter { !leftOut.contains($0) }
            return try adapt(to: train, trial.strength, testing: trial.parts.map { parts[$0] }, done)
        }
        let judged = Dictionary(uniqueKeysWithValues: zip(trials, results))
        /// What networks that know neither a part nor the others' part predict for each other part; of all parts if none is given.
        func others(without part: Int?, _ strength: Double) -> [AdaptedConfidence.Judged] {
            parts.indices.filter { $0 != part }.flatMap { other -> [AdaptedConfidence.Judged] in
                let left = [part, other].compactMap(\.self).sorted()
                return judged[Trial(parts: left, strength: strength)]?[left.firstIndex(of: other) ?? 0] ?? []
            }
        }
        let chosen = parts.indices.map { part in best { others(without: part, $0) } }
        let ofFolds = partOfFold.map { chosen[$0] }
        let ofAll = best { others(without: nil, $0) }
        let alike = others(without: nil, ofAll)
        guard parts.count == folds.count else {
            return Outcome(judged: try judge(ofFolds, done), judgedAlike: alike, strengths: (ofFolds, ofAll))
        }
        let own = folds.indices.map { fold -> [AdaptedConfidence.Judged] in
            let judged = judged[Trial(parts: [fold], strength: ofFolds[fold])]?[0] ?? []
            let places = Dictionary(uniqueKeysWithValues: zip(parts[fold], 0...))
            return folds[fold].test.compactMap { places[$0].map { judged[$0] } }
        }
        return Outcome(judged: own, judgedAlike: alike, strengths: (ofFolds, ofAll))
    }

    /// The old weights are kept less only where that lowers the loss by two standard errors of the difference, with recordings as independent.
    private func best(_ judged: (Double) -> [AdaptedConfidence.Judged]) -> Double {
        var chosen = strengths[0]
        var losses = Self.losses(of: judged(chosen))
        for strength in strengths.dropFirst() {
            let own = Self.losses(of: judged(strength))
            let gains = zip(losses, own).map { $0 - $1 }
            let gain = gains.reduce(0, +)
            let mean = gain / Double(max(gains.count, 1))
            let error = gains.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
            if gain > 2 * error { (chosen, losses) = (strength, own) }
        }
        return chosen
    }

    /// The part of each utterance in the mean over the classes of the mean of −log p of the true class, at the temperature that fits, which
    /// decisions do not depend on.
    private static func losses(of judged: [AdaptedConfidence.Judged]) -> [Double] {
        let temperature = Calibration.temperature(
            of: judged.map { ($0.probabilities, $0.label, factor: 1) }, prior: Calibration.Prior(temperature: 1, deviation: 0.5))
        let counts = Dictionary(judged.map { ($0.label, 1) }, uniquingKeysWith: +)
        return judged.map { utterance in
            let logs = utterance.probabilities.map { log(max($0, 1e-30)) / temperature }
            let largest = logs.max() ?? 0
            let loss = largest + log(logs.reduce(0) { $0 + exp($1 - largest) }) - logs[utterance.label]
            return loss / Double(counts.count * (counts[utterance.label] ?? 1))
        }
    }

    private func judge(_ strengths: [Double], _ done: @escaping @Sendable () -> Void) throws -> [[AdaptedConfidence.Judged]] {
        try workers.map(folds.count) { (number) throws in
            try adapt(to: folds[number].train, strengths[number], testing: [folds[number].test], done)[0]
        }
    }

    private func adapt(
        to train: [Int], _ strength: Double, testing tests: [[Int]], _ done: @Sendable () -> Void
    ) throws -> [[AdaptedConfidence.Judged]] {
        var networks = networks
        networks.strength = strength
        let adapted = try networks.adapt(to: train, voices: false, done: done)
        return try tests.map { try networks.judge($0, by: adapted) }
    }
}
