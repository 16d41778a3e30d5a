#if Server
import Foundation
import StimmungTestSupport
import Testing

/// Whatever is sent, the answer is a problem with the right status, and the server lives.
@Suite(.serialized) struct BadInputTests {
    private static let silence = Data(count: 64)

    @Test("Bodies that are not recordings have codes of the library")
    func bodies() throws {
        let server = try RunningServer(["--max-duration", "60"])
        for (body, status, code) in [
            (Data(), 400, "audio.empty-file"),
            (Data("Dear Sir or Madam,\n".utf8) + Data(repeating: 65, count: 5000), 415, "audio.not-audio"),
            (wave(seconds: 0), 422, "audio.no-samples"), (wave(seconds: 2).prefix(16_000), 422, "audio.truncated"),
            (wave(seconds: 61), 413, "audio.too-long"), (Data([0, 1, 2, 3]), 415, "audio.not-audio"),
        ] {
            let answer = try server.request("POST", "/v1/predict", headers: ["Content-Type": "application/octet-stream"], body: body)
            #expect(answer.status == status)
            #expect(answer.code == code)
            #expect(!answer.text.contains("/proc"))
        }
        let named = try server.post("/v1/predict", [("audio", "x.wav", wave(seconds: 2).prefix(16_000))])
        #expect(try (named.json()["detail"] as? String)?.hasPrefix("x.wav is truncated") == true)
        #expect(try server.request("GET", "/health/ready").status == 200)
    }

    @Test("Ten hours in a small file are refused, whether its header declares them or not", .enabled(if: isInstalled("ffmpeg")))
    func bombs() throws {
        let server = try RunningServer(["--max-duration", "60"])
        let folder = try TemporaryFolder()
        let silence = ["-loglevel", "error", "-f", "lavfi", "-t", "36000", "-i", "anullsrc=r=8000:cl=stereo"]
        try runProgram("ffmpeg", silence + [folder.file("declared.flac")])
        // Written to a pipe, so its length is not filled in.
        try runProgram("sh", ["-c", "ffmpeg \"$@\" -f flac - | cat > \"$0\"", folder.file("undeclared.flac")] + silence)
        for name in ["declared.flac", "undeclared.flac"] {
            let answer = try server.request("POST", "/v1/predict", body: try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
            #expect(answer.status == 413 && answer.code == "audio.too-long", "\(name): \(answer.text)")
        }
    }

    @Test("A body that is too large is refused, declared or in chunks without an end")
    func large() throws {
        let server = try RunningServer(["--max-body", "1"])
        let declared = try RawConnection(port: server.port)
        try declared.send("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n")
        #expect(HTTPResponse(declared.readToEnd())?.code == "request.too-large")

        let expecting = try RawConnection(port: server.port)
        try expecting.send("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n")
        let refusal = expecting.readToEnd()
        #expect(refusal.starts(with: Data("HTTP/1.1 413".utf8)))

        let endless = try RawConnection(port: server.port)
        try endless.send("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = Data("10000\r\n".utf8) + Data(count: 0x10000) + Data("\r\n".utf8)
        for _ in 0..<40 { do { try endless.send(chunk) } catch { break } }
        #expect(HTTPResponse(endless.readToEnd())?.code == "request.too-large")
        #expect(try server.request("GET", "/health/ready").status == 200)
    }

    @Test("A gigabyte that is allowed is received, and is not audio; its memory is free afterwards")
    func gigabyte() throws {
        let server = try RunningServer(["--max-body", "2000", "--max-memory", "2000"])
        let connection = try RawConnection(port: server.port)
        try connection.send(head(posting: 1 << 30, "Connection: close\r\n"))
        let piece = Data(repeating: 65, count: 1 << 24)
        for _ in 0..<64 { try connection.send(piece) }
        #expect(HTTPResponse(connection.readToEnd())?.code == "audio.not-audio")
        #expect(try RunningServer.wait { try server.request("GET", "/metrics").text.contains("stimmung_upload_bytes 0.0") })
    }

    @Test("The words of a decoder stay in the server", .enabled(if: isInstalled("ffmpeg")))
    func decoderWords() throws {
        let folder = try TemporaryFolder()
        let film = folder.file("film.mkv")
        try runProgram("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-t", "1", "-i", "anullsrc", "-c:a", "aac", film])
        let path = try folder.fakeProgram("ffmpeg", "echo '/srv/private/anna.mkv: a word of the decoder' >&2; exit 1")
        let server = try RunningServer(path: path)
        let answer = try server.request("POST", "/v1/predict", body: folder.bytes("film.mkv"))
        #expect(answer.status == 422 && answer.code?.hasPrefix("audio.") == true, "\(answer.text)")
        #expect(!answer.text.contains("private") && !answer.text.contains("word of") && !answer.text.contains("/proc"), "\(answer.text)")
        #expect(!server.logText.contains("anna"))
    }

    @Test("A client that waits to be asked for its body is asked")
    func expectation() throws {
        let server = try RunningServer()
        let connection = try RawConnection(port: server.port)
        let body = wave(seconds: 1)
        try connection.send(
            "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        let interim = connection.read { $0.count >= 25 }
        #expect(String(decoding: interim, as: UTF8.self).hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
        try connection.send(body)
        #expect(HTTPResponse(connection.readToEnd()) != nil)
    }

    @Test("A body that stops, and one that does not come, are given up")
    func unfinished() throws {
        let server = try RunningServer(["--body-time", "1"])
        let stopping = try RawConnection(port: server.port)
        try stopping.send("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
        stopping.finish()
        #expect(HTTPResponse(stopping.readToEnd())?.code == "request.malformed")
        let waiting = try RawConnection(port: server.port)
        try waiting.send("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
        let answer = HTTPResponse(waiting.readToEnd())
        #expect(answer?.status == 408 && answer?.code == "request.slow-body")
    }

    @Test("What is not HTTP is answered and closed, also behind a request")
    func rubbish() throws {
        let server = try RunningServer()
        for text in [
            "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
            "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        ] {
            let connection = try RawConnection(port: server.port)
            try connection.send(text)
            #expect(HTTPResponse(connection.readToEnd())?.status == 400, "\(text)")
        }
        let connection = try RawConnection(port: server.port)
        try connection.send(
            "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nrubbish rubbish\r\n\r\n"
        )
        let first = try #require(HTTPResponse(connection.readToEnd()))
        let second = try #require(HTTPResponse(first.rest))
        #expect(first.status == 200 && second.status == 200)
        #expect(HTTPResponse(second.rest)?.status == 400)
        let header = try server.request("GET", "/health/live", headers: ["X-Long": String(repeating: "x", count: 100_000)])
        #expect((400..<500).contains(header.status))
        #expect(try server.request("GET", "/health/ready").status == 200)
    }

    @Test("Wrong addresses, methods and query items have problems")
    func requests() throws {
        let server = try RunningServer()
        for (method, path, status, code) in [
            ("GET", "/v2/predict", 404, "request.unknown-path"), ("GET", "/v1/predict", 405, "request.method"),
            ("TRACE", "/v1/models", 405, "request.method"), ("POST", "/v1/predict?windoww=1", 400, "request.query"),
            ("POST", "/v1/predict?window=1", 400, "request.query"), ("POST", "/v1/predict?timeline=yes", 400, "request.query"),
            ("POST", "/v1/predict?reject=2", 400, "request.query"), ("POST", "/v1/predict?timeline=true&window=nan", 400, "request.query"),
            ("POST", "/v1/predict?format=xml", 400, "request.query"), ("POST", "/v1/predict?format=%ff", 400, "request.query"),
            ("POST", "/v1/predict?reject=1&reject=1", 400, "request.query"),
            ("POST", "/v1/predict?format=srt&affect=true", 400, "request.query"),
            ("POST", "/v1/predict?model=nothing", 404, "request.unknown-model"),
            ("POST", "/v1/predict?voice=nobody", 404, "request.unknown-voice"),
            ("POST", "/v1/voices", 400, "request.query"), ("POST", "/v1/voices?name=.x", 400, "request.query"),
            ("GET", "/v1/voices/nobody", 404, "request.unknown-voice"), ("GET", "/v1/stream", 426, "request.not-a-websocket"),
            ("GET", "/v1/models?x=1", 400, "request.query"),
        ] {
            let answer = try server.request(method, path)
            #expect(answer.status == status && answer.code == code, "\(method) \(path): \(answer.status) \(answer.text)")
        }
        for (parts, code) in [
            ([], "request.no-audio"), ([("sound", "a", Self.silence)], "request.unknown-part"),
            ([("audio", "a", Self.silence), ("audio", "b", Self.silence)], "request.several-parts"),
        ] as [([(name: String, filename: String?, content: Data)], String)] {
            #expect(try server.post("/v1/predict", parts).code == code)
        }
        let unended = try server.request(
            "POST", "/v1/predict", headers: ["Content-Type": "multipart/form-data; boundary=b"], body: Data("--b\r\n".utf8))
        #expect(unended.code == "request.multipart")
    }
}
#endif
