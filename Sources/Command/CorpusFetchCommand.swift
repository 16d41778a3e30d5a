import ArgumentParser
import StimmungCorpora
import StimmungSupport

extension CorpusCommand {
    struct Fetch: InterruptibleCommand {
        static let configuration = CommandConfiguration(
            commandName: "fetch",
            abstract: "Download a published corpus and check every recording.",
            discussion: """
                stimmung corpus fetch emodb
                stimmung corpus fetch emodb --from download.zip -o data/emodb

                Corpora: emodb (\(EmoDBRecordings.count) recordings, about \
                \(CorpusFetch.Published.emodb.kilobytes / 1000) MB). Read the licence on the publishers' page first.

                The address \(CorpusFetch.Published.emodb.address) is untested. Name another one, or a downloaded file, with --from.

                Only recordings whose SHA-256 is known are written. Run the command again to resume. Downloads need the program curl.
                """)

        /// Corpora that can be fetched.
        enum Name: String, ExpressibleByArgument, CaseIterable {
            case emodb

            var published: CorpusFetch.Published { .emodb }
        }

        @Argument(help: ArgumentHelp("Name of the corpus.", valueName: "corpus"))
        var corpus: Name

        @Option(
            help: ArgumentHelp("Web address or file of the ZIP archive. (default: see above)", valueName: "source"),
            completion: .file(extensions: ["zip"]))
        var from: String?

        @Option(
            name: .shortAndLong, help: ArgumentHelp("Folder of the corpus. (default: the corpus's name)", valueName: "folder"),
            completion: .directory)
        var output: String?

        @Flag(name: .shortAndLong, help: "Do not show progress on standard error.")
        var quiet = false

        mutating func run() throws {
            let progress = ProgressLine(quiet: quiet)
            defer { progress.finish() }
            let folder = output ?? corpus.rawValue
            var fetch = CorpusFetch(corpus.published, into: folder)
            if let from { fetch.source = from }
            fetch.cancellation = signalCancellation
            let result = try fetch.run(progress: progress.show)
            progress.finish()
            try StandardOutput.line("\(folder): \(result.new) new recordings, \(result.kept) kept, all as published")
        }
    }
}
