import StimmungServer
import StimmungTestSupport
import Testing

@Suite struct AccessTests {
    @Test("A token matches itself only")
    func token() throws {
        let token = try #require(Token("0123456789abcdef"))
        #expect(token.matches("0123456789abcdef"))
        for other in ["0123456789abcdeF", "0123456789abcde", "0123456789abcdef ", ""] { #expect(!token.matches(other)) }
    }

    @Test(
        "A short token, or one with other characters, is refused",
        arguments: ["", "0123456789abcde", "0123456789 abcdef", "0123456789abcdeß"])
    func badToken(_ text: String) { #expect(Token(text) == nil) }

    @Test("A token is read from a file without the white space around it; the error names the file")
    func tokenFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("token")
        try "0123456789abcdef\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try Token(contentsOf: path).matches("0123456789abcdef"))
        try "short".write(toFile: path, atomically: true, encoding: .utf8)
        #expect { try Token(contentsOf: path) } throws: { "\($0)".contains(path) }
        #expect { try Token(contentsOf: folder.file("missing")) } throws: { "\($0)".contains("missing") }
    }

    @Test("This machine, addresses and allowed names are hosts; others are not")
    func hosts() throws {
        let access = try Access(host: "127.0.0.1", origins: ["https://app.example.org"])
        for host in ["localhost", "localhost:8080", "LOCALHOST", "127.0.0.1:1", "10.0.0.5:8080", "[::1]:8080", "app.example.org"] {
            #expect(access.refusal(host: host, origin: nil) == nil, "\(host)")
        }
        for host in [nil, "", "example.org", "localhost.example.org", "1.2.3.4.example.org", "localhost:x", "a:1:2", "[::1"] {
            #expect(access.refusal(host: host, origin: nil)?.code == "request.host", "\(host ?? "none")")
        }
    }

    @Test("The server's own origin and allowed ones are accepted; others are not")
    func origins() throws {
        let access = try Access(host: "127.0.0.1", origins: ["https://app.example.org"])
        for origin in ["http://localhost:8080", "https://localhost:8080", "https://app.example.org"] {
            #expect(access.refusal(host: "localhost:8080", origin: origin) == nil, "\(origin)")
        }
        for origin in ["http://localhost:3000", "http://localhost", "http://app.example.org", "null", "", "https://example.org"] {
            #expect(access.refusal(host: "localhost:8080", origin: origin)?.code == "request.origin", "\(origin)")
        }
    }

    @Test(
        "What is not an origin is refused",
        arguments: ["example.org", "https://", "https://example.org/", "ftp://example.org", "https://a@b.c", "*"])
    func badOrigins(_ text: String) { #expect(throws: ServerError.badOrigin(text)) { try Access(host: "localhost", origins: [text]) } }
}
