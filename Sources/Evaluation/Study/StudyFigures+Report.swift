import StimmungCorpora
import StimmungFeatures
import StimmungSupport

extension StudyFigures {
    /// The figures as JSON with sorted keys; `StudyFigures` decodes it.
    package var json: String { jsonText(self, isPretty: true) }

    /// What the numbers of the table mean, a sentence or two a line.
    package var notes: [String] {
        var notes = [
            "WA is the share of utterances recognised, UAR the mean recall of the classes, in per cent with 95 % intervals that take utterances as "
                + "independent; they are the mean over the seeds.",
            "Fold time is the time of all folds and seeds added up; folds run side by side.",
        ]
        if let epochs { notes.append(epochs) }
        if splits.contains(where: { $0.systems.contains { $0.against != nil } }) {
            notes.append(
                "Against \(StudySystems.reference): utterances that the system has right with more of the seeds, those that "
                    + "\(StudySystems.reference) has, and p of McNemar's exact test"
                    + (seeds.count > 1 ? " (of the sign test, with several seeds)" : "")
                    + ". Utterances of a speaker, and of a fold, are not independent, and many tests find something: true p-values are larger."
            )
        }
        if splits.contains(where: { $0.systems.contains { $0.printed != nil } }) {
            notes.append(
                "The study prints its figures without corpus or split. They most likely come from a split that mixes speakers, as random folds do; "
                    + "with speakers left out no figure is to be expected near them.")
        }
        if splits.contains(where: \.speakerDependent) {
            notes.append(
                "Random folds are speaker-dependent: test speakers are heard in training, so the figures say little about a new voice.")
        }
        return notes + leftOut
    }

    /// How features were normalised, in words.
    package var conditions: String {
        let figures = splits.flatMap { $0.systems.compactMap(\.figures) }
        let kinds = Normalisation.allCases.filter { kind in figures.contains { $0.normalisation == kind } }
        let words = kinds.map(\.described)
        return "normalisation " + (words.isEmpty ? "–" : words.joined(separator: ", "))
    }

    /// How long each system's network is trained, so that a quick look is told from a study; nil where there are no figures.
    private var epochs: String? {
        var seen: Set<String> = []
        let first = splits.flatMap { $0.systems.compactMap(\.figures) }.filter { seen.insert($0.recipe).inserted }
        return first.isEmpty ? nil : "Epochs of the networks: " + first.map { "\($0.recipe) \($0.epochs)" }.joined(separator: ", ") + "."
    }

    /// The columns of the tables.
    package static let columns = ["system", "WA", "UAR", "printed", "seeds' WA", "against \(StudySystems.reference)", "fold time"]

    /// A split's rows, as texts in the order of `columns`.
    package func rows(_ split: SplitResult) -> [[String]] {
        split.systems.map { system in
            guard let figures = system.figures else {
                return [system.system, "failed", "", Percent.number(system.printed, digits: 2), "", "", ""]
            }
            let seedAccuracies = figures.runs.compactMap(\.wa)
            let range =
                seedAccuracies.count > 1
                ? "\(Percent.number(seedAccuracies.min()))–\(Percent.number(seedAccuracies.max()))" : "–"
            let against = system.against.map { "\($0.wins) : \($0.losses), p \(Self.probability($0.p))" } ?? "–"
            return [
                system.system, Self.percent(figures.wa, figures.waInterval), Self.percent(figures.uar, figures.uarInterval),
                Percent.number(system.printed, digits: 2), range, against,
                system.foldSeconds.map { Decimals.text($0, digits: 0) + " s" } ?? "",
            ]
        }
    }

    /// The tables as text for people, with what one needs to know to read them.
    package var report: String {
        var lines = [
            "\(corpus): \(utterances) utterances of \(speakers) speakers, seed\(seeds.count > 1 ? "s" : "") "
                + seeds.map(String.init).joined(separator: ", ") + "; \(conditions)"
        ]
        for split in splits {
            let mark = split.speakerDependent ? " (SPEAKER-DEPENDENT)" : ""
            lines += ["", "\(split.title)\(mark): \(split.classes.joined(separator: ", "))", ""]
            var table = TextTable(Self.columns.map { _ in .leading })
            for row in [Self.columns] + rows(split) { table.add(row) }
            lines += table.lines
        }
        lines += [""] + notes
        if !failures.isEmpty { lines += ["", "Without figures:"] + failures.map { "  " + $0 } }
        return lines.joined(separator: "\n")
    }

    static func percent(_ share: Double?, _ interval: Interval?) -> String {
        Percent.number(share) + (interval.map { " (\($0.percent))" } ?? "")
    }

    static func probability(_ p: Double) -> String { p < 0.001 ? "< 0.001" : Decimals.text(p, digits: 3) }
}
