/// A set of labelled utterances: a known corpus found on disk, or a manifest.
///
///     let corpus = try Corpus.open(path: "data/emodb")
///     corpus.labels.labels                   // ["anger", "boredom", "disgust", …]
///     let six = try corpus.filtered(classes: LabelSet(parsing: "anger,boredom,fear,happiness,sadness,neutral"))
///     print(six.utterances.count)
///
/// Utterances are in the order of their files (then of their start), so that indices into them mean the same on every machine.
public struct Corpus: Sendable, Equatable {
    /// Short name for reports: the corpus's own, or that of the manifest.
    public let name: String
    /// The folder of the corpus, or the path of the manifest, as it was given.
    public let root: String
    /// Which known corpus this is; nil for a manifest.
    package let kind: KnownCorpus?
    /// Labelled utterances, ordered by file, then start and end time.
    public let utterances: [Utterance]
    /// Audio files below `root` that were left out, each with the reason, in the order of their paths.
    public let skipped: [SkippedFile]
    /// Findings of opening the corpus, on which figures depend.
    public let warnings: [CorpusWarning]

    /// A corpus built in code. Utterances are sorted, and known emotions get their canonical names.
    ///
    /// - Parameters:
    ///   - name: short name for reports.
    ///   - root: folder of the corpus, for reports.
    ///   - utterances: labelled utterances. Their files are not opened until features are computed.
    public init(name: String, root: String, utterances: [Utterance]) {
        self.init(name: name, root: root, kind: nil, utterances: utterances, skipped: [])
    }

    // More than five parameters: a memberwise initialiser, with defaults for what only an opened corpus has.
    package init(
        name: String, root: String, kind: KnownCorpus? = nil, utterances: [Utterance], skipped: [SkippedFile],
        warnings: [CorpusWarning] = []
    ) {
        let canonical = utterances.map { utterance in
            var copy = utterance
            copy.emotion = Emotion.canonicalLabel(utterance.emotion)
            return copy
        }
        let ordered = canonical.sorted { a, b in
            // By bytes: two Unicode forms of a name are two files.
            if !a.file.utf8.elementsEqual(b.file.utf8) { return a.file.utf8.lexicographicallyPrecedes(b.file.utf8) }
            return (a.start ?? 0, a.end ?? .infinity) < (b.start ?? 0, b.end ?? .infinity)
        }
        self.init(name: name, root: root, kind: kind, ordered: ordered, skipped: skipped, warnings: warnings)
    }

    // More than five parameters: the memberwise initialiser.
    private init(
        name: String, root: String, kind: KnownCorpus?, ordered: [Utterance], skipped: [SkippedFile], warnings: [CorpusWarning]
    ) {
        self.name = name
        self.root = root
        self.kind = kind
        utterances = ordered
        self.skipped = skipped
        self.warnings = warnings
    }

    /// This corpus with some of its utterances, in the order given.
    package func with(_ utterances: [Utterance], adding findings: [CorpusWarning] = []) -> Corpus {
        Corpus(name: name, root: root, kind: kind, ordered: utterances, skipped: skipped, warnings: warnings + findings)
    }

    /// This corpus under another name, with other utterances in the order given.
    func named(_ name: String, _ utterances: [Utterance]) -> Corpus {
        Corpus(name: name, root: root, kind: nil, ordered: utterances, skipped: skipped, warnings: warnings)
    }

    /// Two corpora as one, the utterances of the first before those of the second, wherever their files are.
    func followed(by other: Corpus, name: String) -> Corpus {
        Corpus(
            name: name, root: root, kind: nil, ordered: utterances + other.utterances, skipped: skipped + other.skipped,
            warnings: warnings + other.warnings)
    }

    /// All labels that occur, in alphabetical order.
    public var labels: LabelSet {
        LabelSet(Set(utterances.map(\.emotion)).sorted())
    }

    /// All speakers, in natural order: numbers by value (`2` before `10`), everything else alphabetically.
    public var speakers: [String] {
        Set(utterances.map(\.speaker)).sorted(by: naturallyPrecedes)
    }

    /// The utterances of the given classes only.
    ///
    /// - Throws: `unknownLabel` where a class has no utterance, `tooFewClasses` where fewer than two are asked for.
    public func filtered(classes: LabelSet) throws(CorpusError) -> Corpus {
        let present = labels
        for label in classes.labels where !present.contains(label) {
            throw .unknownLabel(label: label, corpus: name, present: present.labels)
        }
        if classes.count < 2 { throw .tooFewClasses(corpus: name, classes: classes.labels) }
        return with(utterances.filter { classes.contains($0.emotion) })
    }

    /// The number of each utterance's label in `classes`, in the order of the utterances.
    ///
    /// - Throws: `unknownLabel` for a label not in it.
    package func targets(classes: LabelSet) throws(CorpusError) -> [Int] {
        let numbers = Dictionary(uniqueKeysWithValues: classes.labels.enumerated().map { ($1, $0) })
        var targets: [Int] = []
        targets.reserveCapacity(utterances.count)
        for utterance in utterances {
            guard let number = numbers[utterance.emotion] else {
                throw .unknownLabel(label: utterance.emotion, corpus: "\(name) restricted to \(classes)", present: classes.labels)
            }
            targets.append(number)
        }
        return targets
    }
}

/// An audio file below a corpus's folder that is not among its utterances.
public struct SkippedFile: Sendable, Equatable, Hashable, Codable {
    /// Path of the audio file.
    public let file: String
    /// Why it was skipped, such as "the same recording as b.wav".
    public let reason: String

    package init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }
}

/// Natural order: runs of digits compare by value, all else by character.
func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    let a = naturalKey(left)
    let b = naturalKey(right)
    for (x, y) in zip(a, b) where x != y {
        switch (x, y) {
        case (.number(let m, _), .number(let n, _)) where m != n: return m < n
        case (.number(_, let m), .number(_, let n)): return m < n
        case (.text(let s), .text(let t)): return s < t
        case (.number, .text): return true
        case (.text, .number): return false
        }
    }
    return a.count < b.count
}

private enum NaturalPart: Equatable {
    /// A run of digits and its length, which parts `1` from `01`. Numbers beyond 18 digits are text.
    case number(Int, length: Int)
    case text(String)
}

private func naturalKey(_ name: String) -> [NaturalPart] {
    var parts: [NaturalPart] = []
    var run = ""
    var runIsNumber = false
    func part() -> NaturalPart {
        if runIsNumber, run.count <= 18, let value = Int(run) { return .number(value, length: run.count) }
        return .text(run)
    }
    for character in name {
        let isDigit = character.isASCII && character.isNumber
        if !run.isEmpty && isDigit != runIsNumber {
            parts.append(part())
            run = ""
        }
        runIsNumber = isDigit
        run.append(character)
    }
    if !run.isEmpty { parts.append(part()) }
    return parts
}
