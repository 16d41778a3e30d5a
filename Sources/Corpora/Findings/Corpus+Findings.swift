import StimmungSupport

/// What should be known about a corpus before figures from it are believed.
extension Corpus {
    /// The findings of opening it, names that are nearly equal, and recordings that appear twice with other speakers or labels.
    ///
    /// Recordings are the same where they are one file, have equal bytes, or are WAV files with equal samples. Files are read only where
    /// others have the same length.
    package func findings(workers: Workers) -> [CorpusWarning] {
        warnings + similarNames + repeatedRecordings(workers: workers).warnings
    }

    /// The same for data that is to be trained on or tested.
    ///
    /// - Throws: `contradictoryLabels` where the same stretch of a file has two labels.
    package func checkedFindings(workers: Workers) throws(CorpusError) -> [CorpusWarning] {
        warnings + similarNames + (try repeatedRecordings(workers: workers).checked(name))
    }

    /// Speakers and labels whose names differ only as typing errors and spreadsheets make them differ.
    var similarNames: [CorpusWarning] {
        [
            similar(
                "speaker", utterances.map(\.speaker),
                consequence: "They count as different speakers; if they are one, a test speaker is heard in training."),
            similar("label", utterances.map(\.emotion), consequence: "They count as different classes."),
        ].compactMap(\.self)
    }

    private func similar(_ kind: String, _ names: [String], consequence: String) -> CorpusWarning? {
        // Two Unicode forms of a name are one string to Swift, so that spellings are compared as bytes.
        let spellings = Dictionary(grouping: names) { Array($0.utf8) }
        let groups = Dictionary(grouping: spellings.keys) { NormalisedName(String(decoding: $0, as: UTF8.self)) }.values
            .filter { $0.count > 1 }
            .map { $0.sorted { $0.lexicographicallyPrecedes($1) } }
            .sorted { $0[0].lexicographicallyPrecedes($1[0]) }
        guard !groups.isEmpty else { return nil }
        var isSameText = true
        let examples = groups.map { group in
            let texts = group.map { String(decoding: $0, as: UTF8.self) }
            if Set(texts).count == texts.count { isSameText = false }
            return zip(group, texts).map { spelling, text in "\"\(text)\" (\(spellings[spelling]?.count ?? 0) utterances)" }
                .joined(separator: " and ")
        }
        let effect = isSameText ? "They are two Unicode forms of one name and count as one \(kind)." : consequence
        return CorpusWarning(.similarNames, examples) {
            "nearly equal \(kind) names in \(name): \($0). \(effect) Write each name in one way."
        }
    }

    /// Recordings that appear more than once.
    func repeatedRecordings(workers: Workers) -> RepeatedRecordings {
        let contents = RecordingContent.of(utterances.map(\.file), workers: workers)
        let known = utterances.indices.filter { contents[$0] != nil }
        let groups = Dictionary(grouping: known) { contents[$0] }.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
        return RepeatedRecordings(groups.map { $0.map { utterances[$0] } }, corpus: name)
    }
}

/// Recordings of which the same stretch appears with several speakers or labels.
struct RepeatedRecordings {
    let warnings: [CorpusWarning]
    /// Stretches of one file with two labels, a clause each.
    private let contradictions: [String]

    /// - Parameter groups: the utterances of each recording.
    init(_ groups: [[Utterance]], corpus: String) {
        let overlaps = groups.map(SegmentOverlaps.init)
        let labels = overlaps.compactMap { $0.contradiction ?? $0.overlap }
        contradictions = overlaps.compactMap(\.contradiction).filter {
            FileStatus(path: $0.file)?.identity == FileStatus(path: $1.file)?.identity
        }.map {
            "\($0.described) is \($0.emotion) and \($1.emotion)"
        }
        let labelled = labels.map { "\($0.described) is \($0.emotion), \($1.described) is \($1.emotion)" }
        let shared = overlaps.compactMap(\.acrossSpeakers).map {
            "\($0.described) of \($0.speaker) and \($1.described) of \($1.speaker)"
        }
        let contradictory = CorpusWarning(.contradictoryLabels, labelled, separator: "; ") { examples in
            let subject = labelled.count == 1 ? "1 recording has" : "\(labelled.count) recordings have"
            return "\(subject) more than one label in \(corpus): \(examples). Give each recording one label, or leave it out."
        }
        let leaking = CorpusWarning(.sharedRecordings, shared) { examples in
            let subject = shared.count == 1 ? "1 recording appears" : "\(shared.count) recordings appear"
            return "\(subject) under more than one speaker in \(corpus): \(examples). "
                + "A test speaker's recordings are then heard in training, and figures are too high."
        }
        warnings = [contradictory, leaking].filter { $0.count > 0 }
    }

    /// - Throws: `contradictoryLabels`
    func checked(_ corpus: String) throws(CorpusError) -> [CorpusWarning] {
        if !contradictions.isEmpty { throw .contradictoryLabels(corpus: corpus, count: contradictions.count, examples: contradictions) }
        return warnings
    }
}

extension Utterance {
    /// The file, with the start of a part.
    fileprivate var described: String { start == nil && end == nil ? file : "\(file) from \(start ?? 0) s" }
}

/// Pairs of utterances that share a stretch of one recording.
private struct SegmentOverlaps {
    /// Two labels for one stretch.
    private(set) var contradiction: (Utterance, Utterance)?
    /// Two labels of one speaker for stretches that overlap by more than half of the shorter one.
    private(set) var overlap: (Utterance, Utterance)?
    /// One stretch under two speakers.
    private(set) var acrossSpeakers: (Utterance, Utterance)?

    /// Times closer than this are equal: manifests round to milliseconds.
    private static let tolerance = 0.0015
    /// Seconds that two people's turns may overlap without being the same speech.
    private static let crosstalk = 0.05

    /// - Parameter utterances: of one recording.
    init(of utterances: [Utterance]) {
        let sorted = utterances.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        // Those that may still overlap the next one.
        var open: [Utterance] = []
        for utterance in sorted {
            open.removeAll { $0.to <= utterance.from }
            for other in open {
                if contradiction == nil, other.emotion != utterance.emotion, abs(other.from - utterance.from) < Self.tolerance,
                    other.to == utterance.to || abs(other.to - utterance.to) < Self.tolerance
                {
                    contradiction = (other, utterance)
                }
                let common = min(other.to, utterance.to) - utterance.from
                let shorter = min(other.to - other.from, utterance.to - utterance.from)
                // Of two parts without an end, one begins later.
                let isMostlyShared = common == .infinity || common > shorter / 2
                if overlap == nil, other.emotion != utterance.emotion, other.speaker == utterance.speaker, isMostlyShared {
                    overlap = (other, utterance)
                }
                if acrossSpeakers == nil, other.speaker != utterance.speaker, common > Self.crosstalk {
                    acrossSpeakers = (other, utterance)
                }
            }
            open.append(utterance)
            if contradiction != nil, acrossSpeakers != nil { return }
        }
    }
}

extension Utterance {
    fileprivate var from: Double { start ?? 0 }
    fileprivate var to: Double { end ?? .infinity }
}
