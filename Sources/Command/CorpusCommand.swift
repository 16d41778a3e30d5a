import ArgumentParser
import StimmungCorpora
import StimmungSupport

struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "List, describe, import, fetch or synthesise corpora.",
        subcommands: [List.self, Describe.self, Import.self, Fetch.self, Synthesise.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the known corpora and the columns of a manifest.")

        mutating func run() throws {
            for corpus in KnownCorpus.allCases {
                try StandardOutput.line("\(corpus.title)\n    \(corpus.about)\n    such as \(corpus.example)")
            }
            try StandardOutput.line(
                "Any other corpus: a CSV manifest with the columns file,speaker,gender,emotion[,start,end]. Paths are relative to the manifest."
            )
        }
    }

    struct Describe: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "describe",
            abstract: "Count utterances by emotion, speaker and gender, and check the corpus.",
            discussion: """
                stimmung corpus describe ravdess

                Warnings go to standard error: unreadable folders, skipped files, names that are nearly equal, and recordings that appear \
                twice with different speakers or labels.
                """)

        @Argument(
            help: ArgumentHelp("Folder of a known corpus, a CSV manifest, or a list of another program.", valueName: "corpus"),
            completion: .file())
        var corpus: String

        @OptionGroup var lists: ListOptions

        @Flag(help: "Print JSON.")
        var json = false

        mutating func run() throws {
            let opened = try Corpus.open(path: corpus, lists.reading)
            let warnings = opened.findings(workers: Workers())
            warnings.forEach(printWarning)
            let summary = opened.summary(warnings)
            try json ? StandardOutput.data(jsonText(summary, isPretty: true)) : StandardOutput.line("\(summary)")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Write a corpus as a CSV manifest.",
            discussion: """
                stimmung corpus import ravdess -o ravdess.csv
                stimmung corpus import emobox/emodb --audio data/emodb -o emodb.csv

                Paths in the manifest are those of the recordings that were found.
                """)

        @Argument(
            help: ArgumentHelp("Folder of a known corpus, a CSV manifest, or a list of another program.", valueName: "corpus"),
            completion: .file())
        var corpus: String

        @OptionGroup var lists: ListOptions

        @Option(name: .shortAndLong, help: ArgumentHelp("Manifest to write.", valueName: "csv"), completion: .file(extensions: ["csv"]))
        var output: String

        mutating func run() throws {
            let corpus = try Corpus.open(path: corpus, lists.reading)
            try checkOutputs(files: [output], corpora: [corpus])
            try refuseRecordings(asOutputs: [output])
            corpus.findings(workers: Workers()).forEach(printWarning)
            try Manifest.write(corpus, to: output)
            try StandardOutput.line("\(output): \(corpus.utterances.count) utterances of \(counted(corpus.speakers.count, "speaker"))")
        }
    }

    struct Synthesise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "synthesise",
            abstract: "Synthesise a corpus of emotional speech with espeak-ng.",
            discussion: """
                stimmung corpus synthesise -o speech

                Prosody follows published rules of emotional speech (Burkhardt and Sendlmeier 2000, and others; see \
                Sources/Corpora/README.md). The same seed gives the same bytes with the same release of espeak-ng.
                """)

        @Option(name: .shortAndLong, help: ArgumentHelp("Folder to create.", valueName: "folder"), completion: .directory)
        var output: String

        @Option(help: ArgumentHelp("Number of voices, 1 to \(SyntheticVoice.all.count).", valueName: "n"))
        var voices = SyntheticVoice.all.count

        @Option(help: ArgumentHelp("Number of sentences, 1 to \(SyntheticCorpus.sentences.count).", valueName: "n"))
        var sentences = SyntheticCorpus.sentences.count

        @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
        var seed: UInt64 = 1

        @OptionGroup var compute: ComputeOptions

        mutating func run() throws {
            let progress = ProgressLine(quiet: compute.quiet)
            defer { progress.finish() }
            let corpus = try synthesise(
                SyntheticCorpus(voices: voices, sentences: sentences, seed: seed), into: output, compute.workers, progress)
            progress.finish()
            try StandardOutput.line("\(output): \(corpus.utterances.count) utterances of \(counted(corpus.speakers.count, "voice"))")
        }
    }
}

/// Prints a finding that does not stop the work.
private func printWarning(_ warning: CorpusWarning) {
    printToStandardError("stimmung: warning: \(warning)")
}

/// Synthesises with progress. After Ctrl-C, an incomplete corpus is removed.
func synthesise(_ corpus: SyntheticCorpus, into folder: String, _ workers: Workers, _ progress: ProgressLine) throws -> Corpus {
    var corpus = corpus
    corpus.cancellation = signalCancellation
    return try corpus.synthesise(into: folder, workers: workers, progress: progress.show)
}
