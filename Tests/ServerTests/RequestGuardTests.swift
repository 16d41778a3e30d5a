#if Server
import NIOCore
import NIOEmbedded
import NIOHTTP1
import StimmungServer
import Testing

/// Deadlines of a connection, on an event loop whose time the tests choose.
@Suite struct RequestGuardTests {
    private let departure = Departure()
    private let channel: EmbeddedChannel

    /// Bodies have 12 s, of which each second needs 1 KiB; requests have 12 + 8 + 30 s.
    init() throws {
        var limits = ServerLimits()
        (limits.bodyTime, limits.workTime, limits.idleTime) = (12, 8, 60)
        channel = EmbeddedChannel(handler: RequestGuard(limits, departure: departure) { Handshake($0) })
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func head(_ method: HTTPMethod = .GET, _ headers: HTTPHeaders = ["host": "localhost"]) throws {
        try channel.writeInbound(HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: method, uri: "/", headers: headers)))
    }

    private func request() throws {
        try head()
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    private func respond() throws {
        try channel.writeOutbound(
            HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    private func wait(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    /// The connection is closed after `seconds`, with a second to spare on both sides.
    private func expectEnd(after seconds: Int64, _ location: SourceLocation = #_sourceLocation) {
        wait(seconds - 1)
        #expect(channel.isActive, sourceLocation: location)
        wait(2)
        #expect(!channel.isActive, sourceLocation: location)
    }

    @Test("A pipelined request does not postpone the deadline of the one before")
    func first() throws {
        try request()
        wait(40)
        try request()
        expectEnd(after: 10)
    }

    @Test("A response does not end the deadline of the pipelined request after it, which counts from its head")
    func second() throws {
        try request()
        wait(10)
        try request()
        wait(30)
        try respond()
        expectEnd(after: 20)
    }

    @Test("A connection without a request is closed, and one whose requests were answered")
    func idle() throws {
        try request()
        wait(40)
        try respond()
        expectEnd(after: 60)
    }

    @Test("A body is given up if it comes too slowly, also after much of it, or not before its deadline")
    func body() throws {
        try head(.POST, ["host": "localhost", "content-length": "1000000"])
        func receive(_ count: Int) throws {
            try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(repeating: 0, count: count)))
        }
        for _ in 0..<5 {
            try receive(100_000)
            wait(1)
        }
        try channel.throwIfErrorCaught()
        try receive(1000)
        wait(1)
        #expect(throws: RequestFailure.slowBody) { try channel.throwIfErrorCaught() }

        let other = try RequestGuardTests()
        try other.head(.POST, ["host": "localhost", "content-length": "1000000"])
        for second in 0..<12 {
            do { try other.channel.throwIfErrorCaught() } catch { Issue.record("\(error) after \(second) s") }
            try other.channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(repeating: 0, count: 2000)))
            other.wait(1)
        }
        #expect(throws: RequestFailure.slowBody) { try other.channel.throwIfErrorCaught() }
    }

    @Test("A client that closes after its request has left; one that closes before its body has come has not")
    func departing() throws {
        try head(.POST, ["host": "localhost", "content-length": "10"])
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!departure.hasHappened)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(departure.hasHappened)
    }

    @Test("A request has one Host, and a handshake is well-formed, or the answer is 400")
    func malformed() throws {
        let handshake: HTTPHeaders = [
            "host": "localhost", "connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        func changed(_ name: String, _ value: String) -> HTTPHeaders {
            var headers = handshake
            headers.replaceOrAdd(name: name, value: value)
            return headers
        }
        for headers in [
            [:], ["host": "a", "Host": "b"], changed("sec-websocket-key", "c2hvcnQ="), changed("sec-websocket-key", "not base64"),
            handshake + [("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")], changed("content-length", "5"),
        ] as [HTTPHeaders] {
            let test = try RequestGuardTests()
            try test.head(.GET, headers)
            guard case .head(let response)? = try test.channel.readOutbound(as: HTTPServerResponsePart.self) else {
                Issue.record("no response to \(headers)")
                continue
            }
            #expect(response.status == .badRequest && response.headers["connection"] == ["close"], "\(headers)")
            #expect(try test.channel.readInbound(as: HTTPServerRequestPart.self) == nil)
        }
        try head(.GET, handshake)
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) != nil)
    }
}

private func + (headers: HTTPHeaders, other: [(String, String)]) -> HTTPHeaders {
    var headers = headers
    headers.add(contentsOf: other)
    return headers
}
#endif
