#if Server
import Foundation
import StimmungTestSupport
import Testing

/// Whatever clients hold, others are served.
@Suite(.serialized) struct OverloadTests {
    @Test("Without a descriptor for a connection, the server goes on when there is one again")
    func descriptors() throws {
        let server = try RunningServer(["--max-connections", "1000"])
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.identifier)/fd").count
        try runProgram("prlimit", ["--pid", "\(server.identifier)", "--nofile=\(open + 5):"])
        do {
            let connections = try (0..<60).map { _ in try RawConnection(port: server.port) }
            #expect(RunningServer.wait { server.logText.contains("waits to be accepted") })
            withExtendedLifetime(connections) {}
        }
        #expect(try server.request("GET", "/health/live").status == 200)
        #expect(server.isRunning)
    }

    @Test("The limit of connections is that of the descriptors")
    func fewDescriptors() throws {
        let server = try RunningServer(descriptors: 128)
        var connections = try (0..<300).map { _ in try RawConnection(port: server.port) }
        for connection in connections { try connection.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") }
        // A connection that is closed leaves its place to the next.
        while !connections.isEmpty { #expect(HTTPResponse(connections.removeFirst().readToEnd())?.status == 200) }
        #expect(try server.request("POST", "/v1/predict", body: wave(seconds: 1)).status == 200)
        #expect(server.logText.contains("descriptors") && !server.logText.contains("waits to be accepted"))
    }

    @Test("Hundreds of slow clients keep nobody from being served, and are given up")
    func slowClients() throws {
        // The rate is measured over a twelfth of the time for a body: 1 s.
        let server = try RunningServer(["--body-time", "12"])
        let slow = try (0..<200).map { _ in
            let connection = try RawConnection(port: server.port)
            try connection.send(head(posting: 100_000) + "R")
            return connection
        }
        for _ in 0..<3 {
            // One byte per second, until the server has given the client up.
            for connection in slow { try? connection.send("I") }
            #expect(try server.request("POST", "/v1/predict", body: wave(seconds: 1)).status == 200)
            sleep(1)
        }
        #expect(slow.allSatisfy { HTTPResponse($0.readToEnd())?.code == "request.slow-body" })
    }

    @Test("A slow client does not hold the memory")
    func memory() throws {
        // The rate is measured over 3 s.
        let server = try RunningServer(["--body-time", "36", "--max-memory", "1"])
        let slow = try RawConnection(port: server.port)
        try slow.send(Data(head(posting: 1_000_000).utf8) + Data(count: 900_000))
        let body = wave(seconds: 20)
        #expect(try RunningServer.wait { try server.request("GET", "/metrics").text.contains("stimmung_upload_bytes 900000.0") })
        #expect(try server.request("POST", "/v1/predict", body: body).status == 429)
        #expect(try RunningServer.wait { try server.request("POST", "/v1/predict", body: body).status == 200 })
        #expect(HTTPResponse(slow.readToEnd())?.code == "request.slow-body")
    }

    @Test("Memory is returned when the load is over")
    func idleMemory() throws {
        let server = try RunningServer()
        func resident() throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(server.identifier)/status", encoding: .utf8)
            return try #require(status.firstMatch(of: #/VmRSS:\s+(\d+)/#).flatMap { Int($0.1) })
        }
        let body = wave(seconds: 60)
        let connections = try (0..<8).map { _ in try RawConnection(port: server.port) }
        for connection in connections { try connection.send(Data(head(posting: body.count, "Connection: close\r\n").utf8) + body) }
        for connection in connections { #expect(HTTPResponse(connection.readToEnd())?.status == 200) }
        let loaded = try resident()
        #expect(try RunningServer.wait(seconds: 20) { try resident() < loaded })
    }

    @Test("A session without a start, or without the token, takes no place")
    func sessions() throws {
        let folder = try TemporaryFolder()
        try "correct-horse-battery".write(toFile: folder.file("token"), atomically: true, encoding: .utf8)
        let server = try RunningServer(["--max-sessions", "1", "--token-file", folder.file("token")])
        let idle = try (0..<3).map { _ in try Session(server) }
        let session = try Session(server)
        try session.send(text: #"{"encoding": "s16le", "rate": 16000, "token": "correct-horse-battery"}"#)
        try session.send(text: #"{"end": true}"#)
        #expect(session.readToClose().contains("finished"))
        withExtendedLifetime(idle) {}
    }

    @Test("Frames that are not complete count as memory; before the start, they may be small only")
    func partialFrames() throws {
        let server = try RunningServer(["--max-memory", "1"])
        // The head of a text frame of 1 MiB.
        let head = Data([0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0])
        let early = try Session(server)
        try early.send(head + Data(count: 70_000))
        #expect(Array(early.readToClose().utf8.suffix(40)).contains(UInt8(ascii: "K")), "a close frame with the reason")
        var sessions: [Session] = []
        for _ in 0..<3 {
            let session = try Session(server)
            try session.send(text: #"{"encoding": "s16le", "rate": 16000}"#)
            // The server has taken the start when it refuses no more than 64 KiB.
            usleep(200_000)
            try session.send(head + Data(count: 500_000))
            sessions.append(session)
        }
        #expect(sessions[2].readToClose().contains("request.busy"))
        sessions = []
        #expect(try RunningServer.wait { try server.request("GET", "/metrics").text.contains("stimmung_upload_bytes 0.0") })
    }

    @Test("A session's connection ends with the client's close frame, or soon without one")
    func closing() throws {
        let server = try RunningServer(["--max-sessions", "1"])
        for isPolite in [true, false] {
            // The first has left its place.
            let session = try Session(server)
            try session.send(text: #"{"encoding": "s16le", "rate": 16000}"#)
            try session.send(text: #"{"end": true}"#)
            #expect(session.readToClose().contains("finished"))
            if isPolite { try session.answerClose() }
            let start = ContinuousClock.now
            #expect(session.readToEnd().isEmpty)
            let took = ContinuousClock.now - start
            #expect(isPolite ? took < .seconds(4) : took > .seconds(1), "\(took)")
        }
    }

    @Test("The decoder has no connections of the server, and is ended with the client", .enabled(if: isInstalled("ffmpeg")))
    func decoder() throws {
        let folder = try TemporaryFolder()
        let film = folder.file("film.mkv")
        try runProgram("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-t", "1", "-i", "anullsrc", "-c:a", "aac", film])
        // Lists its descriptors but for the standard ones, then hangs.
        let path = try folder.fakeProgram(
            "ffmpeg",
            """
            exec 3> \(folder.file("descriptors"))
            for file in /proc/$$/fd/*; do case ${file##*/} in 0|1|2) ;; *) readlink $file >&3;; esac; done
            echo $$ > \(folder.file("number"))
            exec sleep 1000
            """)
        let server = try RunningServer(["--threads", "1", "--max-queue", "0"], path: path)
        let others = try (0..<5).map { _ in try RawConnection(port: server.port) }
        let body = try Data(contentsOf: URL(fileURLWithPath: film))
        var client: RawConnection? = try RawConnection(port: server.port)
        try client?.send(Data(head(posting: body.count).utf8) + body)
        func number() -> pid_t? { (try? String(contentsOfFile: folder.file("number"), encoding: .utf8)).flatMap { pid_t($0.dropLast()) } }
        try #require(RunningServer.wait { number() != nil })
        let descriptors = try String(contentsOfFile: folder.file("descriptors"), encoding: .utf8)
        #expect(!descriptors.contains("socket") && !descriptors.contains("memfd"), "\(descriptors)")
        #expect(try server.request("GET", "/health/ready").status == 503)
        client = nil
        #expect(try RunningServer.wait(seconds: 20) { try server.request("GET", "/health/ready").status == 200 })
        #expect(RunningServer.wait { number().map { kill($0, 0) != 0 } ?? false })
        withExtendedLifetime(others) {}
    }
}

/// A WebSocket session whose frames are masked with zeros.
private struct Session {
    private let connection: RawConnection

    init(_ server: RunningServer) throws {
        connection = try RawConnection(port: server.port)
        try connection.send(
            "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        let answer = connection.read { $0.suffix(4) == Data("\r\n\r\n".utf8) }
        #expect(answer.starts(with: Data("HTTP/1.1 101".utf8)))
    }

    func send(_ bytes: Data) throws { try connection.send(bytes) }

    /// Sends at most 125 bytes.
    func send(text: String) throws {
        try connection.send(Data([0x81, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0]) + Data(text.utf8))
    }

    /// Everything to the server's close frame.
    func readToClose() -> String { String(decoding: connection.read { $0.contains(0x88) }, as: UTF8.self) }

    /// Sends a close frame without a code.
    func answerClose() throws { try connection.send(Data([0x88, 0x80, 0, 0, 0, 0])) }

    /// Everything to the end of the connection.
    func readToEnd() -> String { String(decoding: connection.readToEnd(), as: UTF8.self) }
}
#endif
