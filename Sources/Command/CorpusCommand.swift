import ArgumentParser
import StimmungCorpora
import StimmungSupport

struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Lists, describes, imports and synthesises corpora.",
        subcommands: [List.self, Describe.self, Import.self, Synthesise.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the corpora whose layout is known, and the manifest's columns.")

        mutating func run() throws {
            for corpus in KnownCorpus.allCases {
                try StandardOutput.line("\(corpus.title)\n    \(corpus.about)\n    such as \(corpus.example)")
            }
            try StandardOutput.line(
                "Any other corpus: a CSV manifest with the columns file,speaker,gender,emotion[,start,end]; paths are relative to the manifest."
            )
        }
    }

    struct Describe: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Counts a corpus's utterances by emotion, speaker and gender.")

        @Argument(help: ArgumentHelp("The corpus's folder, or a manifest.", valueName: "corpus"))
        var corpus: String

        @Flag(help: "As JSON.")
        var json = false

        mutating func run() throws {
            let summary = try Corpus.open(path: corpus).summary
            try json ? StandardOutput.data(jsonText(summary, isPretty: true)) : StandardOutput.line("\(summary)")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the manifest of a corpus, to edit or to join with others.",
            discussion: "stimmung corpus import ravdess -o ravdess.csv")

        @Argument(help: ArgumentHelp("The corpus's folder, or a manifest.", valueName: "corpus"))
        var corpus: String

        @Option(name: .shortAndLong, help: ArgumentHelp("The manifest to write.", valueName: "csv"))
        var output: String

        mutating func run() throws {
            let corpus = try Corpus.open(path: corpus)
            try checkOutputs(files: [output], corpora: [corpus])
            try Manifest.write(corpus, to: output)
            try StandardOutput.line("\(output): \(corpus.utterances.count) utterances of \(counted(corpus.speakers.count, "speaker"))")
        }
    }

    struct Synthesise: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a corpus of synthetic emotional speech with espeak-ng.",
            discussion: """
                stimmung corpus synthesise -o speech

                Prosody follows published rules of emotional speech (Burkhardt and Sendlmeier 2000, and others; Sources/Corpora/README.md has the table). The same seed gives
                the same bytes with the same release of espeak-ng.
                """)

        @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "folder"))
        var output: String

        @Option(help: ArgumentHelp("So many voices, 1 to \(SyntheticVoice.all.count).", valueName: "n"))
        var voices = SyntheticVoice.all.count

        @Option(help: ArgumentHelp("So many sentences, 1 to \(SyntheticCorpus.sentences.count).", valueName: "n"))
        var sentences = SyntheticCorpus.sentences.count

        @Option(help: ArgumentHelp("Fixes all that is random.", valueName: "n"))
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

/// Synthesises, shows progress, and removes what is half done when Ctrl-C comes.
func synthesise(_ corpus: SyntheticCorpus, into folder: String, _ workers: Workers, _ progress: ProgressLine) throws -> Corpus {
    var corpus = corpus
    corpus.cancellation = signalCancellation
    return try corpus.synthesise(into: folder, workers: workers, progress: progress.show)
}
