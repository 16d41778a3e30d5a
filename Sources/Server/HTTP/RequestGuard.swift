#if Server
import NIOCore
import NIOHTTP1

/// Guards a connection while it carries HTTP: deadlines, malformed requests, `Expect: 100-continue`, and its end.
///
/// A connection ends gently: after the last response, what the client still sends is read for a while and dropped, because closing at once would
/// make the client's system discard the response.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase { case open, ending, closed }

    private let limits: ServerLimits
    private var phase = Phase.open
    /// For each request whose response is not complete, whether the connection may be kept after it.
    private var requests: [Bool] = []
    private var isFirst = true
    /// Whether a body is arriving.
    private var isReading = false
    /// Whether the server is going down, or the client's bytes are not HTTP any more.
    private var isLast = false
    /// Answers bytes that are not HTTP, after the responses before them.
    private var refusal: Problem?
    private var timer: Scheduled<Void>?
    private var wholeTimer: Scheduled<Void>?
    private var dropped = 0

    /// Seconds in which a client may read its last response, and bytes that it may still send.
    private static let grace = TimeAmount.seconds(3)
    private static let mostDropped = 8 << 20

    private let isSession: (HTTPRequestHead) -> Bool

    /// - Parameter isSession: whether a connection's first request begins a WebSocket session.
    init(_ limits: ServerLimits, isSession: @escaping (HTTPRequestHead) -> Bool) { (self.limits, self.isSession) = (limits, isSession) }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { waitForRequest(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        waitForRequest(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopTimers() }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        stopTimers()
        context.fireChannelInactive()
    }

    // MARK: - Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard phase == .open, !isLast || isReading || requests.isEmpty else { return drop(part, context) }
        switch part {
        case .head(var head):
            // After a request that ends the connection, there is no other.
            if requests.last == false { return }
            stopTimers()
            requests.append(head.isKeepAlive)
            if head.headers.contains(name: "upgrade"), !isFirst || !isSession(head) {
                // NIOTypedHTTPServerUpgradeHandler loses the heads of requests for protocols that it does not know (swift-nio 2.101), and the
                // decoder reads nothing after them.
                head.headers.remove(name: "upgrade")
                requests[requests.count - 1] = false
            }
            isFirst = false
            isReading = true
            timer = schedule(limits.bodyTime, context) { guardian, context in
                guardian.isLast = true
                context.fireErrorCaught(RequestFailure.slowBody)
            }
            wholeTimer = schedule(limits.requestTime, context) { _, context in context.close(promise: nil) }
            answerExpectation(of: head, context)
            return context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            if !isReading { return }
        case .end:
            if !isReading { return }
            isReading = false
            timer?.cancel()
        }
        context.fireChannelRead(data)
    }

    /// Clients wait for this response before they send a large body.
    private func answerExpectation(of head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.headers.first(name: "expect")?.lowercased() == "100-continue", requests.count == 1 else { return }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.body { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        isLast = true
        if isReading {
            isReading = false
            context.fireErrorCaught(RequestFailure.malformed)
        } else {
            refusal = Problem(.badRequest, "request.malformed", "The request is not valid HTTP.")
            if requests.isEmpty { refuse(context) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isLast = true
            if requests.isEmpty { end(context) }
        case ChannelEvent.inputClosed where phase == .ending: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: - Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            // With the body still arriving, the next request could not be found.
            let isLastResponse = requests.count <= 1 && (isReading || isLast)
            if isLastResponse || requests.first == false {
                if !requests.isEmpty { requests[0] = false }
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.write(data, promise: promise)
            let isKept = requests.isEmpty ? false : requests.removeFirst()
            if requests.isEmpty, refusal != nil { return refuse(context) }
            guard isKept else { return end(context) }
            wholeTimer?.cancel()
            if requests.isEmpty { waitForRequest(context) }
        default: context.write(data, promise: promise)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // After the last response, the connection ends when the client has read it.
        guard mode == .output || phase == .ending else { return context.close(mode: mode, promise: promise) }
        if phase == .open { end(context) }
        promise?.succeed()
    }

    /// Answers what is not HTTP.
    private func refuse(_ context: ChannelHandlerContext) {
        guard let refusal, phase == .open else { return }
        let body = ByteBuffer(string: refusal.json)
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: refusal.status.code),
            headers: ["content-type": Problem.contentType, "content-length": "\(body.readableBytes)", "connection": "close"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        end(context)
    }

    // MARK: - Times and the end

    private func waitForRequest(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = schedule(limits.idleTime, context) { _, context in context.close(promise: nil) }
    }

    private func end(_ context: ChannelHandlerContext) {
        guard phase == .open else { return }
        phase = .ending
        stopTimers()
        context.flush()
        context.close(mode: .output, promise: nil)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.grace) { context.close(promise: nil) }
        context.read()
    }

    private func drop(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard phase == .ending, case .body(let buffer) = part else { return }
        dropped += buffer.readableBytes
        if dropped > Self.mostDropped { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The handlers behind do not ask for what is dropped.
        if phase == .ending { context.read() }
        context.fireChannelReadComplete()
    }

    private func schedule(
        _ seconds: Double, _ context: ChannelHandlerContext, _ body: @escaping (RequestGuard, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(seconds * 1000))) { [self] in
            if phase == .open { body(self, context) }
        }
    }

    private func stopTimers() {
        timer?.cancel()
        wholeTimer?.cancel()
    }
}

/// Why a body ends early.
enum RequestFailure: Error {
    /// It took too long.
    case slowBody
    /// It is not valid HTTP.
    case malformed
}
#endif
