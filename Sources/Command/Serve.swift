import ArgumentParser
import Dispatch
import Foundation
import Stimmung
import StimmungServer
import StimmungSupport
import Synchronization

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Recognise speech over HTTP and WebSocket.",
        discussion: """
            stimmung serve
            curl -F audio=@call.m4a localhost:8080/v1/predict
            stimmung serve --host 0.0.0.0 --token-file token --voices voices/

            Only this machine can reach the server unless --host says otherwise. Recordings are held in memory while they are recognised, and \
            are never written to a disk or a log. Ctrl-C or SIGTERM ends the server when it has answered what it has accepted; twice ends it at \
            once.

            http://localhost:8080/ is a page to try it, and /openapi.yaml describes the interface. docs/server.md has the settings, the limits \
            and clients.

            The program must have been built with the trait Server, as "make" does.
            """)

    @Option(help: ArgumentHelp("Address to listen on: a name, or an IPv4 or IPv6 address.", valueName: "address"))
    var host = ServerOptions().host

    @Option(help: ArgumentHelp("Port, 0 to 65535; 0 lets the system choose.", valueName: "port"))
    var port = ServerOptions().port

    @Option(
        name: .customLong("model"),
        help: ArgumentHelp(
            """
            A model written by "stimmung train", or encoder, or built-in; may be repeated, and the first is the default of requests. \
            A file is known by its name without the extension, or by NAME=FILE. (default: $STIMMUNG_MODEL, or built-in)
            """, valueName: "model"), completion: .file(extensions: ["safetensors"]))
    var models: [String] = []

    @Option(help: ArgumentHelp("Folder for enrolled voices. (default: kept in memory)", valueName: "folder"), completion: .directory)
    var voices: String?

    @Option(help: ArgumentHelp("File with the token that requests need, at least 16 characters.", valueName: "file"), completion: .file())
    var tokenFile: String?

    @Flag(help: "Listen without a token where other machines can reach the server.")
    var insecure = false

    @Option(
        name: .customLong("allow-origin"),
        help: ArgumentHelp("Other pages that may use the server, such as https://example.org; may be repeated.", valueName: "origin"))
    var allowedOrigins: [String] = []

    @OptionGroup var precision: PrecisionOption
    @OptionGroup(title: "Limits") var limits: ServerLimitOptions
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if !(0...65_535).contains(port) { throw ValidationError("--port is \(port); it must be 0 to 65535.") }
    }

    mutating func run() throws {
        #if Server
        let options = try serverOptions()
        let models = try servedModels()
        let server = Server(options, models: models, isQuiet: compute.quiet)
        let host = host.contains(":") ? "[\(host)]" : host
        try waitFor {
            try await server.run(
                onListening: { port in printToStandardError("Listening on http://\(host):\(port)/") }, stop: onInterruption)
        }
        #else
        throw CommandFailure(
            "This program was built without the server. Build it with \"make\", or with: swift build -c release --traits Server")
        #endif
    }

    private func serverOptions() throws -> ServerOptions {
        var options = ServerOptions()
        options.host = host
        options.port = port
        options.token = try tokenFile.map { try Token(contentsOf: $0) }
        options.allowedOrigins = allowedOrigins
        options.voices = voices
        options.threads = compute.workers.threads
        options.limits = limits.limits
        if !options.isLoopback, options.token == nil, !insecure { throw ServerError.noToken(host: host) }
        return options
    }

    private func servedModels() throws -> ServedModels {
        let given = models.isEmpty ? [environmentPath("STIMMUNG_MODEL") ?? "built-in"] : models
        var entries: [ServedModels.Entry] = []
        for text in given {
            let (name, model) = try Self.model(text)
            if entries.contains(where: { $0.name == name }) {
                throw CommandFailure("Two models are called \(name.printable). Give one of them another name: --model NAME=FILE")
            }
            entries.append(ServedModels.Entry(name: name, recogniser: try Recogniser(precision.applied(to: model))))
        }
        return ServedModels(entries)
    }

    /// A model with its name. A file of a built-in model's name comes first, as in other commands.
    private static func model(_ text: String) throws -> (String, Model) {
        if FileStatus(path: text) == nil {
            if text == "built-in" { return (text, try Model.builtIn()) }
            if let builtIn = BuiltInModel(rawValue: text) { return (text, try Model.builtIn(builtIn)) }
            if let equals = text.firstIndex(of: "="), equals != text.startIndex {
                return (String(text[..<equals]), try Model(contentsOf: String(text[text.index(after: equals)...])))
            }
        }
        return (URL(filePath: text).deletingPathExtension().lastPathComponent, try Model(contentsOf: text))
    }
}

#if Server
/// Runs asynchronous work and waits for it. Only for the main thread, which nothing else needs.
private func waitFor(_ body: @escaping @Sendable () async throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    Task {
        do { try await body() } catch { failure.withLock { $0 = error } }
        done.signal()
    }
    done.wait()
    if let error = failure.withLock({ $0 }) { throw error }
}
#endif
