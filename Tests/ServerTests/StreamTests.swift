#if Server
import Foundation
import StimmungTestSupport
import Testing

private let websocketsPython = Python(importing: "websockets")

/// WebSocket sessions, with the client of the Python package `websockets`.
@Suite(.serialized, .enabled(if: websocketsPython != nil, "needs Python with websockets"))
struct StreamTests {
    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("python").path

    private func script(_ name: String, _ arguments: [String]) throws -> String {
        try #require(websocketsPython).run(["\(Self.scripts)/\(name)"] + arguments)
    }

    /// Samples of a few recordings with pauses, in a format of ffmpeg.
    private func speech(_ format: String, rate: Int, channels: Int, in folder: TemporaryFolder) throws -> String {
        let path = folder.file("speech-\(format)-\(rate)-\(channels)")
        try runProgram(
            "ffmpeg",
            [
                "-loglevel", "error", "-i", TestData.emodb[0].path, "-i", TestData.emodb[4].path, "-filter_complex",
                "[0]apad=pad_dur=1.5[a];[a][1]concat=v=0:a=1", "-f", format,
                "-ar", "\(rate)", "-ac", "\(channels)", path,
            ])
        return path
    }

    @Test("The protocol conforms: the cases of the Autobahn test suite")
    func conformance() throws {
        let server = try RunningServer()
        let found = try #require(websocketsPython).output(["\(Self.scripts)/conformance.py", "\(server.port)"])
        #expect(found.contains(#/^(\d+) of \1 cases passed$/#.anchorsMatchLineEndings()), "\(found)")
        #expect(try server.request("GET", "/health/ready").status == 200)
    }

    @Test("Events are those of stream, for messages of any size", .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA"))
    func events() throws {
        let server = try RunningServer()
        let folder = try TemporaryFolder()
        for (number, (format, rate, channels)) in [("s16le", 16_000, 1), ("f32le", 48_000, 2), ("s16le", 8000, 1)].enumerated() {
            let path = try speech(format, rate: rate, channels: channels, in: folder)
            let expected = try runProgram(
                "sh",
                [
                    "-c", "\"$0\" stream --encoding \(format) --rate \(rate) --channels \(channels) --interval 0.5 < \"$1\"",
                    RunningServer.program, path,
                ])
            #expect(expected.contains("\"posterior\"") && expected.contains("\"finished\""))
            let start = "{\"encoding\": \"\(format)\", \"rate\": \(rate), \"channels\": \(channels), \"interval\": 0.5}"
            for seed in [number, number + 10] { #expect(try script("session.py", ["\(server.port)", start, path, "\(seed)"]) == expected) }
        }
    }

    @Test(
        "A session learns a voice, as stream does; one without an end leaves it as it was",
        .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA"))
    func enrolment() throws {
        let folder = try TemporaryFolder()
        let server = try RunningServer(["--voices", folder.file("voices"), "--idle-time", "3"])
        let path = try speech("s16le", rate: 16_000, channels: 1, in: folder)
        let expected = try runProgram(
            "sh", ["-c", "\"$0\" stream --enrol \"$2\" < \"$1\"", RunningServer.program, path, folder.file("own.voice")])
        #expect(
            try script("session.py", ["\(server.port)", #"{"encoding": "s16le", "rate": 16000, "enrol": "own"}"#, path, "1"]) == expected)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.file("voices/own.voice")))
                == Data(contentsOf: URL(fileURLWithPath: folder.file("own.voice"))))
        // The same samples at another rate are another voice.
        let start = #"{"encoding": "s16le", "rate": 8000, "enrol": "own"}"#
        #expect(try script("session.py", ["\(server.port)", start, path, "1", "--abandon"]).contains("request.idle"))
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.file("voices/own.voice")))
                == Data(contentsOf: URL(fileURLWithPath: folder.file("own.voice"))))
    }

    @Test("The token may be in the request or in the first message")
    func token() throws {
        let folder = try TemporaryFolder()
        let token = "correct-horse-battery"
        try token.write(toFile: folder.file("token"), atomically: true, encoding: .utf8)
        try Data(count: 32_000).write(to: URL(fileURLWithPath: folder.file("silence")))
        let server = try RunningServer(["--token-file", folder.file("token")])
        let (port, start) = ("\(server.port)", #"{"encoding": "s16le", "rate": 16000}"#)
        #expect(try script("session.py", [port, start, folder.file("silence"), "1", "--token", token]).contains("finished"))
        #expect(
            try script(
                "session.py",
                [port, #"{"encoding": "s16le", "rate": 16000, "token": "correct-horse-battery"}"#, folder.file("silence"), "1"]
            ).contains("finished"))
        for start in [start, #"{"encoding": "s16le", "rate": 16000, "token": "wrong"}"#] {
            #expect(try script("session.py", [port, start, folder.file("silence"), "1"]).contains("request.unauthorised"))
        }
    }

    @Test(
        "At SIGTERM a session gets the events of what was heard, and is closed with 1001",
        .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA"))
    func goingAway() throws {
        let folder = try TemporaryFolder()
        let server = try RunningServer()
        let path = try speech("s16le", rate: 16_000, channels: 1, in: folder)
        let session = Process()
        session.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let errors = Pipe(), output = Pipe()
        (session.standardError, session.standardOutput) = (errors, output)
        session.arguments = [
            ProcessInfo.processInfo.environment["STIMMUNG_PYTHON"] ?? "python3", "\(Self.scripts)/session.py", "\(server.port)",
            #"{"encoding": "s16le", "rate": 16000}"#, path, "1", "--abandon",
        ]
        try session.run()
        // The first segment shows that the audio has been heard.
        var heard = Data()
        while !String(decoding: heard, as: UTF8.self).contains("\"segment\"") {
            let part = output.fileHandleForReading.availableData
            try #require(!part.isEmpty, "the session ended early")
            heard += part
        }
        usleep(300_000)
        server.send(SIGTERM)
        heard += output.fileHandleForReading.readDataToEndOfFile()
        #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "1001\n")
        #expect(String(decoding: heard, as: UTF8.self).split(separator: "\n").last?.contains("\"finished\"") == true)
        #expect(server.wait() == 0)
    }

    @Test("Too many sessions, and one that says nothing, are closed")
    func limits() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file("nothing")))
        let full = try RunningServer(["--max-sessions", "0"])
        let start = #"{"encoding": "s16le", "rate": 16000}"#
        #expect(try script("session.py", ["\(full.port)", start, folder.file("nothing"), "1"]).isEmpty)
        let server = try RunningServer(["--idle-time", "1"])
        #expect(try script("session.py", ["\(server.port)", start, folder.file("nothing"), "1", "--abandon"]).contains("request.idle"))
    }
}
#endif
