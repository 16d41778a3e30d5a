import Foundation
import Stimmung
import StimmungSupport

/// How well a model recognises labelled recordings before it is adapted to them, and how well adaptations recognise the recordings that they left out.
///
/// Intervals are of 95 % and count recordings as independent. A figure that is not defined is nil, and the JSON leaves it out.
public struct AdaptationFigures: Sendable, Equatable, Codable {
    /// What a model recognised.
    public struct Result: Sendable, Equatable, Codable {
        /// Weighted accuracy, 0 … 1: the share of the recordings that is recognised.
        public let wa: Double?
        /// The interval of `wa`.
        public let waInterval: Interval?
        /// Unweighted average recall, 0 … 1: the mean recall of the classes that occur.
        public let uar: Double?
        /// The interval of `uar`.
        public let uarInterval: Interval?
        /// The mean recall of the classes that occur and that the model had before it was adapted, 0 … 1: `uar` without new classes.
        public let knownUAR: Double?
        /// Rows and columns are the classes of the model as it was, then the new ones.
        public let confusionMatrix: ConfusionMatrix

        init(_ matrix: ConfusionMatrix, known: Int) {
            let recalls = matrix.recall.prefix(known).compactMap(\.self)
            knownUAR = recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
            wa = matrix.wa
            waInterval = matrix.waInterval
            uar = matrix.uar
            uarInterval = matrix.uarInterval
            confusionMatrix = matrix
        }

        private enum CodingKeys: String, CodingKey {
            case wa, uar
            case waInterval = "wa_interval"
            case uarInterval = "uar_interval"
            case knownUAR = "known_uar"
            case confusionMatrix = "confusion"
        }
    }

    /// How strongly adaptations kept the old weights: see `ModelAdaptation.strength`.
    public struct Strengths: Sendable, Equatable, Codable {
        /// Of the adaptation without each fold.
        public let ofFolds: [Double]
        /// Of the adaptation to all recordings.
        public let ofAll: Double

        package init(ofFolds: [Double], ofAll: Double) {
            self.ofFolds = ofFolds
            self.ofAll = ofAll
        }

        private enum CodingKeys: String, CodingKey {
            case ofFolds = "folds"
            case ofAll = "all"
        }
    }

    /// Name of the corpus.
    public let corpus: String
    /// Number of recordings.
    public let recordings: Int
    /// Number of speakers.
    public let speakers: Int
    /// Number of folds; each is recognised by networks that were adapted to the others.
    public let folds: Int
    /// Whether each fold leaves whole speakers out. If not, the recordings of a speaker are in several folds, and the figures say little about other
    /// speakers.
    public let leavesSpeakersOut: Bool
    /// Classes that the model did not have before.
    public let newClasses: [String]
    /// Classes of the model that the corpus lacks.
    public let missingClasses: [String]
    /// How strongly the old weights were kept: given, or chosen for each fold without the fold.
    public let strengths: Strengths
    /// Recordings that an earlier adaptation of the model has heard. The figures of both are too high for them.
    public let heardBefore: Int
    /// The model as it was.
    public let before: Result
    /// The model as it was, without the classes that are removed; nil if none are.
    public let beforeWithoutMissing: Result?
    /// The adaptations.
    public let after: Result
    /// Recordings of the old classes that only the model without training recognised. Classes are removed from it too, so that what training did is
    /// counted alone.
    public let onlyBefore: Int
    /// Recordings of the old classes that only the adaptation to others recognised.
    public let onlyAfter: Int

    /// What was decided about a recording; classes are numbers in those of the model as it was and the new ones.
    package struct Outcome: Sendable, Equatable {
        package let truth: Int
        package let before: Int
        /// nil unless classes are removed.
        package let beforeWithoutMissing: Int?
        package let after: Int

        fileprivate var untrained: Int { beforeWithoutMissing ?? before }

        package init(truth: Int, before: Int, beforeWithoutMissing: Int? = nil, after: Int) {
            self.truth = truth
            self.before = before
            self.beforeWithoutMissing = beforeWithoutMissing
            self.after = after
        }
    }

    /// The data that figures are of.
    package struct Data: Sendable, Equatable {
        package let corpus: String
        package let speakers: Int
        package let folds: Int
        package let leavesSpeakersOut: Bool
        package let strengths: Strengths
        package let heardBefore: Int

        // More than five parameters: one per property.
        package init(
            corpus: String, speakers: Int, folds: Int, leavesSpeakersOut: Bool, strengths: Strengths, heardBefore: Int = 0
        ) {
            self.corpus = corpus
            self.speakers = speakers
            self.folds = folds
            self.leavesSpeakersOut = leavesSpeakersOut
            self.strengths = strengths
            self.heardBefore = heardBefore
        }
    }

    /// - Parameters:
    ///   - outcomes: of every recording, once.
    ///   - classes: those of the model as it was, then the new ones.
    ///   - known: number of classes of the model as it was.
    package init(of outcomes: [Outcome], classes: [String], known: Int, _ data: Data) {
        corpus = data.corpus
        recordings = outcomes.count
        speakers = data.speakers
        folds = data.folds
        leavesSpeakersOut = data.leavesSpeakersOut
        strengths = data.strengths
        heardBefore = data.heardBefore
        newClasses = Array(classes[known...])
        let present = Set(outcomes.map(\.truth))
        missingClasses = (0..<known).filter { !present.contains($0) }.map { classes[$0] }
        func result(_ decided: (Outcome) -> Int) -> Result {
            Result(
                outcomes.reduce(into: ConfusionMatrix(classes: classes)) { $0.add(true: $1.truth, predicted: decided($1)) }, known: known)
        }
        before = result(\.before)
        beforeWithoutMissing =
            outcomes.allSatisfy { $0.beforeWithoutMissing == nil } ? nil : result(\.untrained)
        after = result(\.after)
        let ofOldClasses = outcomes.filter { $0.truth < known }
        onlyBefore = ofOldClasses.count { $0.untrained == $0.truth && $0.after != $0.truth }
        onlyAfter = ofOldClasses.count { $0.untrained != $0.truth && $0.after == $0.truth }
    }

    /// The two-sided p-value of McNemar's exact test of `onlyBefore` against `onlyAfter`.
    public var pValue: Double { McNemar.p(onlyFirstRight: onlyBefore, onlySecondRight: onlyAfter) }

    /// Whether training raised the UAR of the classes that the model had, apart from what the removal of classes did. New classes do not count: without
    /// training, none of their recordings are recognised.
    public var isImprovement: Bool { (after.knownUAR ?? 0) > (untrained.knownUAR ?? 0) }

    private var untrained: Result { beforeWithoutMissing ?? before }

    private enum CodingKeys: String, CodingKey {
        case corpus, recordings, speakers, folds, before, after, strengths
        case leavesSpeakersOut = "leaves_speakers_out"
        case newClasses = "new_classes"
        case missingClasses = "missing_classes"
        case heardBefore = "heard_before"
        case beforeWithoutMissing = "before_without_missing"
        case onlyBefore = "only_before"
        case onlyAfter = "only_after"
    }
}

extension AdaptationFigures {
    /// The figures as JSON with sorted keys; `AdaptationFigures` decodes it.
    public var json: String { jsonText(self, isPretty: true) }

    /// The figures as text for people.
    public var report: String {
        var results = [("before", before)]
        if let beforeWithoutMissing { results.append(("without the missing classes", beforeWithoutMissing)) }
        results.append(("after", after))
        var table = TextTable([.leading] + Array(repeating: .trailing, count: 1 + results.count))
        table.add(["held out", "recordings"] + results.map(\.0))
        func add(_ name: String, _ count: Int, _ cell: (Result) -> String) {
            table.add([name, "\(count)"] + results.map { cell($0.1) })
        }
        func cell(_ share: Double?, _ interval: Interval?) -> String {
            Percent.text(share) + (interval.map { " (\($0.percent))" } ?? "")
        }
        add("WA", recordings) { cell($0.wa, $0.waInterval) }
        add("UAR", recordings) { cell($0.uar, $0.uarInterval) }
        let matrix = before.confusionMatrix
        if !newClasses.isEmpty {
            let new = matrix.support.suffix(newClasses.count).reduce(0, +)
            add("UAR without new classes", recordings - new) { Percent.text($0.knownUAR) }
        }
        for (index, count) in matrix.support.enumerated() where count > 0 {
            add(matrix.classes[index], count) { Percent.text($0.confusionMatrix.recall[index]) }
        }
        return (table.lines + [""] + remarks).joined(separator: "\n")
    }

    private var remarks: [String] {
        let parts = leavesSpeakersOut ? "speakers" : "recordings, not speakers,"
        var lines = [
            "Each of \(folds) folds leaves \(parts) out. The 95 % intervals treat recordings as independent.",
            "Recordings\(newClasses.isEmpty ? "" : " of the old classes") recognised only with training: \(onlyAfter), "
                + "only without: \(onlyBefore) (McNemar's test: \(pValueText)).",
        ]
        func text(_ strength: Double) -> String { String(format: "%g", strength) }
        let inFolds = Set(strengths.ofFolds).sorted().map(text)
        let other = inFolds == [text(strengths.ofAll)] ? "" : " (in the folds \(inFolds.joined(separator: ", ")))"
        lines.append("Strength of the old weights: \(text(strengths.ofAll))\(other).")
        if !newClasses.isEmpty { lines.append("New classes: \(newClasses.joined(separator: ", ")).") }
        if !missingClasses.isEmpty {
            let what = beforeWithoutMissing == nil ? "Classes of the model without recordings" : "Removed classes"
            lines.append("\(what): \(missingClasses.joined(separator: ", ")).")
        }
        return lines
    }

    private var pValueText: String { pValue < 0.001 ? "p < 0.001" : "p = \(Decimals.text(pValue, digits: 3))" }

    /// A sentence about a UAR that did not rise; nil if it did.
    public var warning: String? {
        guard !isImprovement else { return nil }
        let (old, new) = (untrained.knownUAR, after.knownUAR)
        let part = newClasses.isEmpty ? "" : " without new classes"
        var change = "did not rise from \(Percent.text(old))"
        if (new ?? 0) < (old ?? 0) {
            let chance = pValue < 0.05 ? "is unlikely to be chance" : "may be chance"
            change = "fell from \(Percent.text(old)) to \(Percent.text(new)), which \(chance) (\(pValueText))"
        }
        let remedy = leavesSpeakersOut ? "Keep the old model for other speakers" : "Keep the old model"
        return "the held-out UAR\(part) \(change). \(remedy), or label more recordings."
    }
}
