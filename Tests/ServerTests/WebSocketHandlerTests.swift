#if Server
import NIOCore
import NIOEmbedded
import NIOWebSocket
import StimmungServer
import Testing

/// The limits of a session below its messages, on an event loop whose time the tests choose.
@Suite struct WebSocketHandlerTests {
    private let budget = UploadBudget(limit: 1000)
    private let channel: EmbeddedChannel

    /// The start has 10 s, and the messages after it 60 s each.
    init() throws {
        channel = EmbeddedChannel(handler: WebSocketHandler(ServerLimits(), budget: budget))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func receive(_ opcode: WebSocketOpcode, _ payload: String, isLast: Bool = true, reads: Bool = true) throws {
        try channel.writeInbound(WebSocketFrame(fin: isLast, opcode: opcode, maskKey: [0, 0, 0, 0], data: ByteBuffer(string: payload)))
        // A channel reads on by itself; this one must be told to.
        if reads { channel.read() }
    }

    private func next() throws -> WebSocketInput? { try channel.readInbound() }

    private func wait(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    private func expectIdle(_ fault: Comment, _ location: SourceLocation = #_sourceLocation) throws {
        if case .idle? = try next() { return }
        Issue.record(fault, sourceLocation: location)
    }

    @Test("While the client does not read, pings take no memory, and the last one is answered afterwards")
    func pings() throws {
        try receive(.ping, "first")
        #expect(try channel.readOutbound(as: WebSocketFrame.self)?.data == ByteBuffer(string: "first"))
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        for number in 1...1000 { try receive(.ping, "\(number)") }
        #expect(try channel.readOutbound(as: WebSocketFrame.self) == nil)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try channel.readOutbound(as: WebSocketFrame.self)?.data == ByteBuffer(string: "1000"))
        #expect(try channel.readOutbound(as: WebSocketFrame.self) == nil)
    }

    @Test("Neither pings nor pieces of a start postpone its deadline")
    func start() throws {
        try receive(.text, "{", isLast: false)
        for _ in 0..<11 {
            #expect(try next() == nil)
            wait(1)
            try receive(.ping, "")
            try receive(.continuation, " ", isLast: false)
        }
        try expectIdle("the start has no deadline")
    }

    @Test("Pings do not postpone the end of a session without audio; audio does")
    func idle() throws {
        try receive(.text, "{}")
        _ = try next()
        wait(50)
        try receive(.binary, "audio")
        _ = try next()
        for _ in 0..<59 {
            wait(1)
            try receive(.ping, "")
            #expect(try next() == nil)
        }
        wait(3)
        try expectIdle("the session is not idle")
    }

    @Test("The time in which the server does not read does not make a session idle")
    func pausedReading() throws {
        try receive(.text, "{}")
        _ = try next()
        try receive(.binary, "audio", reads: false)
        _ = try next()
        wait(1000)
        #expect(try next() == nil)
        channel.read()
        wait(58)
        #expect(try next() == nil)
        wait(4)
        try expectIdle("the session is not idle")
    }

    @Test("Audio that waits is counted, and refused without room")
    func memory() throws {
        try receive(.text, "{}")
        _ = try next()
        try receive(.binary, String(repeating: "x", count: 600))
        var waiting = try next()
        #expect(budget.held == 600)
        try receive(.binary, String(repeating: "x", count: 600))
        guard case .refused? = try next() else {
            Issue.record("there was no room")
            return
        }
        if case .binary(let buffer, _)? = waiting { #expect(buffer.readableBytes == 600) }
        waiting = nil
        #expect(budget.held == 0)
    }
}
#endif
