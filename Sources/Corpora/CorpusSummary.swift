import StimmungSupport

/// What a corpus holds, counted: the answer of `stimmung corpus describe`.
package struct CorpusSummary: Sendable, Equatable, Codable, CustomStringConvertible {
    package struct Count: Sendable, Equatable, Codable {
        package let name: String
        package let utterances: Int
    }

    package let corpus: String
    package let root: String
    package let utterances: Int
    /// Distinct audio files; fewer than utterances where a file holds several segments.
    package let files: Int
    /// In alphabetical order.
    package let emotions: [Count]
    /// In natural order.
    package let speakers: [Count]
    /// Genders that occur; `unknown` where the corpus gives none.
    package let genders: [Count]
    /// Files left out, with the reason.
    package let skipped: [SkippedFile]
    /// Findings about the corpus.
    package let warnings: [CorpusWarning]

    /// A table for people.
    package var description: String {
        var lines = [
            "\(corpus) (\(root)): \(counted(utterances, "utterance")) in \(counted(files, "file")), \(counted(speakers.count, "speaker")), "
                + counted(emotions.count, "label")
        ]
        for (title, counts) in [("emotion", emotions), ("speaker", speakers), ("gender", genders)] {
            let width = max(12, counts.map(\.name.count).max() ?? 0)
            lines.append("")
            lines.append(title)
            lines += counts.map { "  \($0.name.padded(to: width))  \($0.utterances)" }
        }
        if !skipped.isEmpty {
            lines.append("")
            lines.append("left out: \(counted(skipped.count, "file"))")
            lines += skipped.prefix(10).map { "  \($0.file): \($0.reason)" }
            if skipped.count > 10 { lines.append("  …") }
        }
        return lines.joined(separator: "\n")
    }
}

extension Corpus {
    /// Counts by emotion, speaker and gender.
    package var summary: CorpusSummary { summary(warnings) }

    /// Counts by emotion, speaker and gender, with these findings.
    package func summary(_ warnings: [CorpusWarning]) -> CorpusSummary {
        func counts(of names: [String], by key: (Utterance) -> String) -> [CorpusSummary.Count] {
            let tally = Dictionary(utterances.map { (key($0), 1) }, uniquingKeysWith: +)
            return names.compactMap { name in tally[name].map { CorpusSummary.Count(name: name, utterances: $0) } }
        }
        return CorpusSummary(
            corpus: name, root: root, utterances: utterances.count, files: Set(utterances.map { PathKey($0.file) }).count,
            emotions: counts(of: labels.labels) { $0.emotion },
            speakers: counts(of: speakers) { $0.speaker },
            genders: counts(of: Gender.allCases.map(\.rawValue) + ["unknown"]) { $0.gender?.rawValue ?? "unknown" },
            skipped: skipped, warnings: warnings)
    }
}
