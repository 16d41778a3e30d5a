import ArgumentParser
import StimmungCorpora

/// The labelled recordings that a command trains on.
struct CorporaOptions: ParsableArguments {
    @Option(
        name: .customLong("corpus"),
        help: ArgumentHelp(
            """
            Folder of a known corpus (see "stimmung corpus list"), a CSV manifest, or a list of another program (see docs/formats.md). \
            May be repeated: several corpora are used as one, each \
            class of each equally often, and a class that a corpus lacks is not counted against its recordings.
            """, valueName: "path"),
        completion: .file())
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "CSV file of labels that mean the same, with the columns label, class and optionally corpus. An empty class leaves the label out.",
            valueName: "file"), completion: .file(extensions: ["csv"]))
    var synonyms: String?

    @OptionGroup var lists: ListOptions

    @Option(help: ArgumentHelp("Classes to use, such as anger,sadness,neutral. (default: all)", valueName: "labels"))
    var classes: String?

    /// Files that the options name.
    var inputs: [String?] { [synonyms] + paths }

    func openSynonyms() throws -> LabelSynonyms? {
        try synonyms.map { try LabelSynonyms(contentsOf: $0) }
    }

    /// The corpus, or several as one.
    ///
    /// - Parameter test: path of another corpus that the synonyms apply to.
    func open(_ synonyms: LabelSynonyms? = nil, test: String? = nil) throws -> Corpus {
        let opened = try paths.map { try openNamedCorpus($0, lists.reading) }
        guard let synonyms else { return try Corpus(joining: opened) }
        try synonyms.check(opened + (test.map { [try Corpus.open(path: $0, CorpusReading(audio: lists.audio))] } ?? []))
        return try Corpus(joining: opened.map { synonyms.applied(to: $0) })
    }

    func chosenClasses() throws -> LabelSet? {
        try classes.map { try LabelSet(parsing: $0) }
    }
}
