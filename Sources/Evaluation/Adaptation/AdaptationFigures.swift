import Stimmung
import StimmungSupport

/// How well a model recognises labelled recordings before it is adapted to them, and how well adaptations recognise the recordings that they left
/// out.
///
/// Intervals are of 95 % and count recordings as independent. A figure that is not defined is nil, and the JSON leaves it out.
public struct AdaptationFigures: Sendable, Equatable, Codable {
    /// What one of both recognised.
    public struct Result: Sendable, Equatable, Codable {
        /// Weighted accuracy, 0 … 1: the share of the recordings that is recognised.
        public let wa: Double?
        /// The interval of `wa`.
        public let waInterval: Interval?
        /// Unweighted average recall, 0 … 1: the mean recall of the classes that occur.
        public let uar: Double?
        /// The interval of `uar`.
        public let uarInterval: Interval?
        /// Rows and columns are the classes of the model as it was, then the new ones.
        public let confusionMatrix: ConfusionMatrix

        init(_ matrix: ConfusionMatrix) {
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
            case confusionMatrix = "confusion"
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
    /// Whether they are removed from the adapted model.
    public let dropsMissingClasses: Bool
    /// The model as it was.
    public let before: Result
    /// The adaptations.
    public let after: Result
    /// Recordings that only the model as it was recognised.
    public let onlyBefore: Int
    /// Recordings that only the adaptation to others recognised.
    public let onlyAfter: Int

    /// What was decided about a recording; classes are numbers in those of the model as it was and the new ones.
    package struct Outcome: Sendable, Equatable {
        package let truth: Int
        package let before: Int
        package let after: Int

        package init(truth: Int, before: Int, after: Int) {
            self.truth = truth
            self.before = before
            self.after = after
        }
    }

    /// The data that figures are of.
    package struct Data: Sendable, Equatable {
        package let corpus: String
        package let speakers: Int
        package let folds: Int
        package let leavesSpeakersOut: Bool
        package let dropsMissingClasses: Bool

        package init(corpus: String, speakers: Int, folds: Int, leavesSpeakersOut: Bool, dropsMissingClasses: Bool = false) {
            self.corpus = corpus
            self.speakers = speakers
            self.folds = folds
            self.leavesSpeakersOut = leavesSpeakersOut
            self.dropsMissingClasses = dropsMissingClasses
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
        dropsMissingClasses = data.dropsMissingClasses
        newClasses = Array(classes[known...])
        let present = Set(outcomes.map(\.truth))
        missingClasses = (0..<known).filter { !present.contains($0) }.map { classes[$0] }
        func result(_ decided: (Outcome) -> Int) -> Result {
            Result(outcomes.reduce(into: ConfusionMatrix(classes: classes)) { $0.add(true: $1.truth, predicted: decided($1)) })
        }
        before = result(\.before)
        after = result(\.after)
        onlyBefore = outcomes.count { $0.before == $0.truth && $0.after != $0.truth }
        onlyAfter = outcomes.count { $0.before != $0.truth && $0.after == $0.truth }
    }

    /// The two-sided p-value of McNemar's exact test.
    public var p: Double { McNemar.p(onlyFirstRight: onlyBefore, onlySecondRight: onlyAfter) }

    /// Whether the UAR rose.
    public var helped: Bool { (after.uar ?? 0) > (before.uar ?? 0) }

    private enum CodingKeys: String, CodingKey {
        case corpus, recordings, speakers, folds, before, after
        case leavesSpeakersOut = "leaves_speakers_out"
        case newClasses = "new_classes"
        case missingClasses = "missing_classes"
        case dropsMissingClasses = "drops_missing_classes"
        case onlyBefore = "only_before"
        case onlyAfter = "only_after"
    }
}

extension AdaptationFigures {
    /// The figures as JSON with sorted keys; `AdaptationFigures` decodes it.
    public var json: String { jsonText(self, isPretty: true) }

    /// The figures as text for people.
    public var report: String {
        func cell(_ share: Double?, _ interval: Interval?) -> String {
            Percent.text(share) + (interval.map { " (\($0.percent))" } ?? "")
        }
        var table = TextTable([.leading, .trailing, .trailing, .trailing])
        table.add(["held out", "recordings", "before", "after"])
        table.add(["WA", "\(recordings)", cell(before.wa, before.waInterval), cell(after.wa, after.waInterval)])
        table.add(["UAR", "\(recordings)", cell(before.uar, before.uarInterval), cell(after.uar, after.uarInterval)])
        let matrix = before.confusionMatrix
        for (index, count) in matrix.support.enumerated() where count > 0 {
            table.add([
                matrix.classes[index], "\(count)", Percent.text(matrix.recall[index]),
                Percent.text(after.confusionMatrix.recall[index]),
            ])
        }
        var lines = table.lines
        let parts = leavesSpeakersOut ? "speakers" : "recordings, not speakers,"
        lines += [
            "",
            "Each of \(folds) folds leaves \(parts) out. The 95 % intervals treat recordings as independent.",
            "\(onlyAfter) recordings are recognised only after, \(onlyBefore) only before (McNemar's test: p = \(Decimals.text(p, digits: 3))).",
        ]
        if !newClasses.isEmpty { lines.append("New classes: \(newClasses.joined(separator: ", ")).") }
        if !missingClasses.isEmpty {
            let what = dropsMissingClasses ? "Removed classes" : "Classes of the model without recordings"
            lines.append("\(what): \(missingClasses.joined(separator: ", ")).")
        }
        return lines.joined(separator: "\n")
    }

    /// A sentence about figures that did not rise; nil if they did.
    public var warning: String? {
        guard !helped else { return nil }
        let change = (after.uar ?? 0) < (before.uar ?? 0) ? "fell" : "did not rise"
        return "the UAR of the recordings left out \(change), from \(Percent.text(before.uar)) to \(Percent.text(after.uar)). "
            + "Keep the old model, or label more recordings."
    }
}
