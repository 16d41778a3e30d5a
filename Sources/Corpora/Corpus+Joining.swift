import StimmungSupport

/// Several corpora as one.
extension Corpus {
    /// The utterances of several corpora, one corpus after the other, with the union of their labels.
    ///
    /// Speakers are named `corpus/speaker`, since two corpora may both have a speaker `03`. One corpus alone stays as it is.
    ///
    /// - Throws: `repeatedFile` if two of them hold the same file.
    public init(joining corpora: [Corpus]) throws(CorpusError) {
        precondition(!corpora.isEmpty, "there is no corpus to join")
        guard corpora.count > 1 else {
            self = corpora[0]
            return
        }
        for (number, corpus) in corpora.enumerated() {
            for other in corpora[..<number] {
                if let file = corpus.file(sharedWith: other) { throw .repeatedFile(file: file, first: other.root, second: corpus.root) }
            }
        }
        let parts = Self.distinctNames(corpora).map { $0.corpus.asPart(named: $0.name) }
        let name = parts.map(\.name).joined(separator: " + ")
        self = parts.dropFirst().reduce(parts[0]) { $0.followed(by: $1, name: name) }
    }

    /// The names of the corpora that were joined, in their order, or the name of this one alone.
    package var parts: [String] {
        var seen = Set<String>()
        return utterances.map { part(of: $0) }.filter { seen.insert($0).inserted }
    }

    /// The corpus that an utterance comes from.
    package func part(of utterance: Utterance) -> String { utterance.corpus ?? name }

    /// The utterances as those of a part of a joined corpus. Those of a joined corpus keep their own parts.
    func asPart(named part: String) -> Corpus {
        let utterances = utterances.map { utterance in
            guard utterance.corpus == nil else { return utterance }
            var copy = utterance
            copy.corpus = part
            copy.speaker = part + "/" + utterance.speaker
            return copy
        }
        return named(part, utterances)
    }

    /// Each corpus with a name of its own: of several `calls`, the second is `calls (2)`.
    private static func distinctNames(_ corpora: [Corpus]) -> [(name: String, corpus: Corpus)] {
        var taken = Set<String>()
        return corpora.map { corpus in
            var (name, count) = (corpus.name, 1)
            while !taken.insert(name).inserted {
                count += 1
                name = "\(corpus.name) (\(count))"
            }
            return (name, corpus)
        }
    }

    /// The first file of this corpus that another corpus contains too; nil if there is none.
    func file(sharedWith other: Corpus) -> String? {
        let files = Set(other.utterances.map { PathKey($0.file) })
        return utterances.first { files.contains(PathKey($0.file)) }?.file
    }
}
