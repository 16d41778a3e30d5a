#if Server
import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

@Suite(.serialized) struct ShutdownTests {
    @Test(
        "At SIGTERM under load, every accepted request is answered, and the status is 0",
        .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA"))
    func underLoad() throws {
        let server = try RunningServer()
        let body = try Data(contentsOf: TestData.emodb[0])
        let head = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n"
        let connections = try (0..<20).map { _ in try RawConnection(port: server.port) }
        let idle = try RawConnection(port: server.port)
        for connection in connections { try connection.send(Data(head.utf8) + body) }
        let first = connections[0].read { HTTPResponse($0) != nil }
        #expect(HTTPResponse(first)?.status == 200)
        // Each that was accepted has its recording, which the server counts until it has been answered.
        func value(_ metric: String) throws -> Double {
            let line = try server.request("GET", "/metrics").text.split(separator: "\n").first { $0.hasPrefix(metric + " ") }
            return line.flatMap { Double($0.dropFirst(metric.count + 1)) } ?? 0
        }
        let answered = #"stimmung_requests_total{route="/v1/predict",method="POST",status="200"}"#
        let isAccepted = try RunningServer.wait { try value("stimmung_recordings") + value(answered) >= Double(connections.count) }
        #expect(isAccepted)
        server.send(SIGTERM)
        for connection in connections.dropFirst() { #expect(HTTPResponse(connection.readToEnd())?.status == 200) }
        #expect(idle.readToEnd().isEmpty)
        #expect(server.wait() == 0)
        #expect(throws: RawConnection.Failure.self) { try RawConnection(port: server.port) }
    }

    @Test("A request whose body is still coming at SIGTERM is answered when it has come")
    func unfinished() throws {
        let server = try RunningServer()
        let connection = try RawConnection(port: server.port)
        try connection.send("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
        // The interim response shows that the request has been accepted.
        #expect(connection.read { $0.count >= 25 }.starts(with: Data("HTTP/1.1 100".utf8)))
        try connection.send("12345")
        server.send(SIGTERM)
        #expect(RunningServer.wait { (try? RawConnection(port: server.port)) == nil })
        #expect(server.isRunning)
        try connection.send("67890")
        let answer = HTTPResponse(connection.readToEnd())
        #expect(answer?.status == 415 && answer?.headers["connection"] == "close")
        #expect(server.wait() == 0)
    }

    @Test("A port that is taken is an error that names it")
    func taken() throws {
        let server = try RunningServer()
        let other = Process()
        let errors = Pipe()
        other.executableURL = URL(fileURLWithPath: RunningServer.program)
        other.arguments = ["serve", "--port", "\(server.port)"]
        other.standardError = errors
        try other.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        other.waitUntilExit()
        #expect(other.terminationStatus == 1 && text.contains("port \(server.port)"), "\(text)")
    }

    @Test(
        "A restart finds the voices, whatever was being written when the process was killed",
        .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA"))
    func killed() throws {
        let folder = try TemporaryFolder()
        let body = try Data(contentsOf: TestData.emodb[0])
        for round in 0..<3 {
            let server = try RunningServer(["--voices", folder.path])
            let connections = try (0..<8).map { number in
                let connection = try RawConnection(port: server.port)
                try connection.send(
                    Data(
                        "POST /v1/voices?name=v\(number) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
                            .utf8) + body)
                return connection
            }
            #expect(HTTPResponse(connections[round].readToEnd())?.status == 201)
            server.send(SIGKILL)
            _ = server.wait()
        }
        // What a process leaves that is killed between the first byte of a voice and its name.
        try Data(count: 100).write(to: URL(fileURLWithPath: folder.file(AtomicFile.temporaryPrefix + "1")))
        let server = try RunningServer(["--voices", folder.path])
        let voices = try #require(try server.request("GET", "/v1/voices").json()["voices"] as? [[String: Any]])
        #expect(voices.count >= 3)
        #expect(!server.logText.contains("not used"))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == voices.count && files.allSatisfy { $0.hasSuffix(".voice") })
    }
}
#endif
