#if Server
import Foundation
import StimmungTestSupport
import Testing

private let clientPython = Python(importing: "websockets")

/// The clients of docs/server.md and README.md, as they are written there, on the port of a server of their own.
@Suite(.serialized, .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA")) struct ClientTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The blocks of a language in docs/server.md, with the port of the server.
    private func blocks(_ language: String, _ server: RunningServer) throws -> [String] {
        let text = try String(contentsOf: Self.root.appending(path: "docs/server.md"), encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
            .map { $0.replacing("8080", with: "\(server.port)") }
    }

    /// A folder with `call.m4a`, `speech.raw` at 16 kHz, and two recordings of one speaker.
    private func material() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let recording = TestData.emodb[0].path
        try runProgram("ffmpeg", ["-loglevel", "error", "-i", recording, folder.file("call.m4a")])
        try runProgram("ffmpeg", ["-loglevel", "error", "-i", recording, "-f", "s16le", "-ar", "16000", folder.file("speech.raw")])
        for (number, file) in TestData.emodb.prefix(2).enumerated() {
            try FileManager.default.copyItem(atPath: file.path, toPath: folder.file("anna\(number + 1).wav"))
        }
        return folder
    }

    /// Runs a program in the folder.
    private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> String {
        try runProgram("sh", ["-c", "cd \"$0\" && exec \"$@\"", folder.path] + arguments)
    }

    @Test("curl posts a recording", .enabled(if: isInstalled("curl") && isInstalled("ffmpeg")))
    func curl() throws {
        let server = try RunningServer()
        let folder = try material()
        let commands = try blocks("sh", server).joined(separator: "\n").split(separator: "\n").filter { $0.hasPrefix("curl -F") }
        try #require(!commands.isEmpty)
        for command in commands {
            let answer = try run(["sh", "-c", "exec \(command.replacing("curl", with: "curl -sf", maxReplacements: 1))"], in: folder)
            let expected = command.contains("/v1/voices") ? ["anna"] : ["\"file\": \"call.m4a\"", "\"label\": "]
            #expect(expected.allSatisfy(answer.contains), "\(command): \(answer)")
        }
    }

    @Test("Python streams a recording", .enabled(if: clientPython != nil && isInstalled("ffmpeg"), "needs Python with websockets"))
    func python() throws {
        let server = try RunningServer()
        let folder = try material()
        let program = try #require(blocks("python", server).first)
        try "import os\nos.chdir(\"\(folder.path)\")\n\(program)\n".write(
            toFile: folder.file("client.py"), atomically: true, encoding: .utf8)
        #expect(try #require(clientPython).run([folder.file("client.py")]).contains("\"finished\""))
    }

    private static let hasJavaScript =
        isInstalled("node")
        && (try? runProgram("node", ["--experimental-websocket", "-e", "new WebSocket('ws://127.0.0.1:1').onerror = () => {}"])) != nil

    @Test("JavaScript streams a recording", .enabled(if: hasJavaScript && isInstalled("ffmpeg"), "needs Node.js with WebSocket"))
    func javaScript() throws {
        let server = try RunningServer()
        let folder = try material()
        // The last line of the example is a comment that says what the rest of a program does.
        let rest = """
            session.addEventListener("open", () => {
              const audio = require("node:fs").readFileSync("speech.raw");
              for (let i = 0; i < audio.length; i += 3200) session.send(audio.subarray(i, i + 3200));
              session.send(JSON.stringify({end: true}));
            });
            """
        let program = try #require(blocks("js", server).first) + "\n" + rest
        #expect(try run(["node", "--experimental-websocket", "-e", program], in: folder).contains("'finished'"))
    }
}
#endif
