import StimmungSupport

/// Audio files of a known corpus that have one name in different folders or formats, and which of them is taken.
///
/// In this order: a file in the folder that the corpus itself has for its audio (`wav` of EmoDB), a file outside of the folders that it has for
/// other signals (`laryngo`), a lossless file, the one with the fewest folders between it and the corpus's, the first by the bytes of its path.
struct TwinFiles {
    struct Candidate {
        let file: AudioPath
        let utterance: Utterance
    }

    private(set) var taken: [Utterance] = []
    private(set) var skipped: [SkippedFile] = []
    /// Choices between files that differ, as `a, not b`.
    private(set) var choices: [String] = []

    /// - Parameter folder: the corpus's.
    init(_ candidates: [Candidate], _ layout: any CorpusLayout.Type, folder: String) {
        let depth = Self.parts(folder).count
        let ranks = candidates.map { Rank($0.file, layout, below: depth) }
        // Another signal is no recording where there are recordings.
        let hasAudio = ranks.contains { !$0.isOtherSignal }
        let groups = Dictionary(grouping: candidates.indices) { layout.identity(of: candidates[$0].utterance, candidates[$0].file) }
            .values.map { $0.sorted { ranks[$0] < ranks[$1] } }.sorted { $0[0] < $1[0] }
        let twins = groups.filter { $0.count > 1 }.joined()
        let contents = Dictionary(
            uniqueKeysWithValues: zip(twins, RecordingContent.of(twins.map { candidates[$0].file.path }, workers: Workers())))
        for group in groups {
            let best = candidates[group[0]]
            if ranks[group[0]].isOtherSignal, hasAudio {
                skipped += group.map { SkippedFile(file: candidates[$0].file.path, reason: "another signal than sound, by its folder") }
                continue
            }
            taken.append(best.utterance)
            for index in group.dropFirst() {
                let other = candidates[index].file.path
                let isSame = contents[index] != nil && contents[index] == contents[group[0]]
                skipped.append(
                    SkippedFile(
                        file: other,
                        reason: isSame ? "the same recording as \(best.file.path)" : "has the name of \(best.file.path), which was taken"))
                if !isSame { choices.append("\(best.file.path), not \(other)") }
            }
        }
    }

    /// A warning about choices between files that differ; none where there were none.
    func warnings(_ corpus: String) -> [CorpusWarning] {
        guard !choices.isEmpty else { return [] }
        return [
            CorpusWarning(.twins, choices, separator: "; ") {
                "\(choices.count) file\(choices.count == 1 ? "" : "s") of \(corpus) \(choices.count == 1 ? "has" : "have") the name of another "
                    + "file but not its content. Taken: \($0). Give the folder of the recordings to choose others."
            }
        ]
    }

    fileprivate static func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init).filter { $0 != "." } }

    private struct Rank: Comparable {
        let isOtherSignal: Bool
        private let numbers: [Int]
        private let path: String

        init(_ file: AudioPath, _ layout: any CorpusLayout.Type, below depth: Int) {
            let folders = TwinFiles.parts(StimmungSupport.folder(of: file.path)).dropFirst(depth).map { $0.lowercased() }
            isOtherSignal = folders.contains { layout.otherFolders.contains($0) }
            numbers = [
                folders.contains { layout.audioFolders.contains($0) } ? 0 : 1, isOtherSignal ? 1 : 0,
                TwinFiles.lossless.contains(file.suffix.lowercased()) ? 0 : 1, folders.count,
            ]
            path = file.path
        }

        static func < (a: Rank, b: Rank) -> Bool {
            if a.numbers != b.numbers { return a.numbers.lexicographicallyPrecedes(b.numbers) }
            return a.path.utf8.lexicographicallyPrecedes(b.path.utf8)
        }
    }

    private static let lossless: Set = [
        "wav", "wave", "rf64", "bwf", "w64", "aif", "aiff", "aifc", "au", "snd", "caf", "sph", "nist", "flac", "ape", "wv", "tta",
    ]
}
