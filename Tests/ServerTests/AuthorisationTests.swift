#if Server
import Foundation
import StimmungTestSupport
import Testing

@Suite(.serialized) struct AuthorisationTests {
    private static let token = "correct-horse-battery"

    @Test("Without the token, everything but the page and the health is refused")
    func token() throws {
        let folder = try TemporaryFolder()
        try Self.token.write(toFile: folder.file("token"), atomically: true, encoding: .utf8)
        let server = try RunningServer(["--token-file", folder.file("token")])
        for (method, path) in [
            ("POST", "/v1/predict"), ("POST", "/v1/audio/classification"), ("POST", "/v1/front-end"), ("POST", "/v1/voices?name=a"),
            ("GET", "/v1/voices"),
            ("GET", "/v1/voices/a"), ("DELETE", "/v1/voices/a"), ("GET", "/v1/models"), ("GET", "/metrics"), ("GET", "/v1/stream"),
        ] {
            for header in [[:], ["Authorization": "Bearer wrong"], ["Authorization": "Basic \(Self.token)"], ["Authorization": Self.token]]
            {
                let answer = try server.request(method, path, headers: header)
                #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer", "\(method) \(path) \(header)")
            }
            #expect(try server.request(method, path, headers: ["Authorization": "bearer \(Self.token)"]).status != 401)
        }
        for path in ["/health/live", "/health/ready", "/openapi.yaml"] { #expect(try server.request("GET", path).status == 200) }
        // A handshake with a wrong token; without one, the first message must have it.
        let handshake = [
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Authorization": "Bearer wrong",
        ]
        #expect(try server.request("GET", "/v1/stream", headers: handshake).status == 401)
        #expect(!server.logText.contains(Self.token))
    }

    @Test("A foreign origin or host is refused; an allowed origin may read answers")
    func origins() throws {
        let server = try RunningServer(["--allow-origin", "https://app.example.org"])
        let foreign = try server.request("GET", "/v1/models", headers: ["Origin": "https://example.org"])
        #expect(foreign.status == 403 && foreign.code == "request.origin" && foreign.headers["access-control-allow-origin"] == nil)
        let allowed = try server.request("GET", "/v1/models", headers: ["Origin": "https://app.example.org"])
        #expect(allowed.status == 200 && allowed.headers["access-control-allow-origin"] == "https://app.example.org")
        let preflight = try server.request(
            "OPTIONS", "/v1/predict", headers: ["Origin": "https://app.example.org", "Access-Control-Request-Method": "POST"])
        #expect(preflight.status == 204 && preflight.headers["access-control-allow-methods"] == "POST")
        #expect(try server.request("GET", "/v1/models", headers: ["Origin": "http://localhost:\(server.port)"]).status == 200)
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /v1/models HTTP/1.1\r\nHost: rebound.example.org\r\nConnection: close\r\n\r\n")
        #expect(HTTPResponse(connection.readToEnd())?.code == "request.host")
    }

    /// What a server that does not start says.
    private func refusal(_ arguments: [String]) throws -> String {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: RunningServer.program)
        process.arguments = ["serve", "--port", "0"] + arguments
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        return text
    }

    @Test("An address that others can reach needs a token or --insecure; an unknown name is an error that says so")
    func reachable() throws {
        for host in ["0.0.0.0", "127.example.org"] { #expect(try refusal(["--host", host]).contains("there is no token")) }
        #expect(try refusal(["--host", "nobody.invalid", "--insecure"]).contains("no machine has this name"))
        let server = try RunningServer(["--host", "0.0.0.0", "--insecure"])
        #expect(try server.request("GET", "/health/live").status == 200)
    }
}
#endif
