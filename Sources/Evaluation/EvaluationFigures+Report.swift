import StimmungFeatures
import StimmungSupport

extension EvaluationFigures {
    /// The figures as JSON with sorted keys; `EvaluationFigures` decodes it.
    public var json: String { jsonText(self, isPretty: true) }

    /// What the figures stand and fall with: the protocol, the normalisation, the epochs and the seeds.
    package var terms: String {
        "protocol \(evaluationProtocol)\(speakerDependent ? " (SPEAKER-DEPENDENT: test speakers are heard in training)" : ""), "
            + "normalisation \(normalisation.described), "
            + "\(epochs) epoch\(epochs == 1 ? "" : "s"), seed\(seeds.count > 1 ? "s" : "") \(seeds.map(String.init).joined(separator: ", "))"
    }

    /// What the cells of the confusion matrix count, where it is not each utterance once.
    package var confusionTitle: String? { confusionSeeds > 1 ? "counts over \(confusionSeeds) seeds" : nil }

    /// Labels of a cross-corpus evaluation that are not tested, a line for each corpus.
    private var leftOutLines: [String] {
        let corpora = leftOut.map(\.corpus).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return corpora.map { corpus in
            "left out of \(corpus): "
                + leftOut.filter { $0.corpus == corpus }.map { "\($0.label) \($0.utterances)" }.joined(separator: ", ")
        }
    }

    /// What is gained by answering only the more confident part.
    private var answeringLine: String? {
        riskCoverage.map {
            "answering the most confident 80 %: WA \(Percent.number($0.accuracyAt80)) %; 50 %: WA \(Percent.number($0.accuracyAt50)) %"
        }
    }

    /// The figures as text for people, with all that one needs to know what they mean.
    public var report: String {
        func percent(_ share: Double?) -> String { Percent.number(share) }
        func decimals(_ value: Double?) -> String { Decimals.text(value, digits: 3) }
        var lines = [
            "\(recipe) on \(corpus): \(classes.count) classes, \(utterances) test utterances",
            terms,
        ]
        lines +=
            leftOutLines + [
                "",
                "WA  \(percent(wa)) %  (95 %: \(waInterval?.percent ?? "–"), utterances taken as independent)",
                "UAR \(percent(uar)) %  (95 %: \(uarInterval?.percent ?? "–"))"
                    + (uarOfTrained.map { "; of classes that the fold trained \(percent($0)) %" } ?? ""),
                "macro F1 \(percent(macroF1)) %" + (frameAccuracy.map { ", frames \(percent($0)) %" } ?? ""),
                "log loss \(decimals(logLoss)) nats, Brier score \(decimals(brier)), calibration error \(percent(calibrationError)) % (15 bins)",
            ] + (answeringLine.map { [$0] } ?? [])
        if seeds.count > 1 {
            lines += runs.map { run in
                "  seed \(run.seed): WA \(percent(run.wa)) UAR \(percent(run.uar))"
                    + (run.frameAccuracy.map { " frames \(percent($0))" } ?? "")
            }
        }
        if !conditions.isEmpty {
            lines += ["", "test recordings altered:"]
            let width = conditions.map(\.condition.count).max() ?? 0
            lines += conditions.map {
                "  \($0.condition.padded(to: width))  WA \(percent($0.wa))  UAR \(percent($0.uar))"
                    + "  (\($0.points(above: uar)))"
            }
        }
        if let enrolment, enrolment.contains(where: { $0.recordings > 0 }) || adaptation == nil {
            let label = enrolledLabel.map { ", all of them \($0)" } ?? ""
            lines += ["", "unlabelled recordings enrolled of each test speaker\(label); the others are judged:"]
            lines += rows(enrolment)
        }
        if let adaptation {
            let label = enrolledLabel.map { " (its \($0))" } ?? ""
            lines += [
                "",
                "the same with the system adapted to one half of the test recordings\(label), without labels; the other half is judged:",
            ]
            lines += rows(adaptation)
        }
        lines += [""] + (confusionTitle.map { [$0] } ?? []) + [confusionMatrix.table, ""]
        let width = folds.map(\.test.count).max() ?? 0
        lines += folds.map { fold in
            "  \(fold.test.padded(to: width))"
                + "\(seeds.count > 1 ? "  seed \(fold.seed)" : "")  WA \(percent(fold.wa))  UAR \(percent(fold.uar))  of \(fold.utterances)"
        }
        let resumed = resumedFolds > 0 ? " without \(resumedFolds) folds from the journal" : ""
        lines += ["", "\(Decimals.text(seconds, digits: 1)) s\(resumed)"]
        return lines.joined(separator: "\n")
    }

    private func rows(_ results: [EnrolmentResult]) -> [String] {
        let width = results.map { "\($0.recordings)".count }.max() ?? 0
        return results.map {
            "  \("\($0.recordings)".padded(to: width))  WA \(Percent.number($0.wa))  UAR \(Percent.number($0.uar))"
                + "  calibration error \(Percent.number($0.calibrationError)) %"
        }
    }
}

extension Normalisation {
    /// The name, and what it takes from the test.
    var described: String {
        switch self {
        case .none, .train, .utterance: rawValue
        case .speaker: "speaker (uses unlabelled recordings of the test speaker)"
        case .corpus: "corpus (uses unlabelled recordings of the test corpus)"
        }
    }
}
