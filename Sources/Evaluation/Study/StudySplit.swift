import StimmungCorpora

/// A division of a corpus that a study tests its systems by.
package struct StudySplit: Sendable, Equatable {
    /// Short, for file names: `random-6`, `loso-7`.
    package let name: String
    /// For people: `random 10-fold, 6 classes`.
    package let title: String
    package let evaluationProtocol: EvaluationProtocol
    package let classes: LabelSet
    /// Whether the study's printed figures may stand beside it.
    package let isOfTheStudy: Bool

    /// More speakers than these are tested in groups, for a fold each takes too long.
    static let mostSpeakers = 12

    /// The study's two splits, with its six classes where the corpus has them and one more, and the field's, with all classes.
    ///
    /// - Returns: the splits, and for each that is missing why, in a sentence.
    package static func splits(of corpus: Corpus) throws(CorpusError) -> (splits: [StudySplit], leftOut: [String]) {
        let all = corpus.labels
        if all.count < 2 { throw .tooFewClasses(corpus: corpus.name, classes: all.labels) }
        let hasSix = StudySystems.classes.allSatisfy(all.contains)
        let six = hasSix ? LabelSet(StudySystems.classes) : all
        let kept = try corpus.filtered(classes: six)
        let folds = min(10, kept.utterances.count)
        var splits = [
            StudySplit(
                name: "random-\(six.count)", title: "random \(folds)-fold, \(six.count) classes", evaluationProtocol: .randomFolds(folds),
                classes: six, isOfTheStudy: hasSix)
        ]
        let speakers = corpus.speakers.count
        guard speakers > 1, kept.speakers.count > 1 else {
            return (splits, ["\(corpus.name) has one speaker only, so no split leaves speakers out."])
        }
        let bySpeaker: EvaluationProtocol = speakers > mostSpeakers ? .speakerFolds(6) : .leaveOneSpeakerOut
        let words = speakers > mostSpeakers ? "6 groups of speakers" : "leave one speaker out"
        let short = speakers > mostSpeakers ? "speakers" : "loso"
        for (classes, isOfTheStudy) in hasSix && six != all ? [(six, true), (all, false)] : [(all, hasSix)] {
            splits.append(
                StudySplit(
                    name: "\(short)-\(classes.count)", title: "\(words), \(classes.count) classes", evaluationProtocol: bySpeaker,
                    classes: classes, isOfTheStudy: isOfTheStudy))
        }
        return (splits, [])
    }
}
