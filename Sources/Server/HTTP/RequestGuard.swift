#if Server
import NIOCore
import NIOHTTP1

/// Guards a connection while it carries HTTP: deadlines, malformed requests, `Expect: 100-continue`, clients that leave, and its end.
///
/// Requests may be pipelined: each has its own deadline, which counts from its head, and the first is the one that is being answered.
///
/// A connection ends gently: after the last response, what the client still sends is read for a while and dropped, because closing at once would
/// make the client's system discard the response.
package final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart
    package typealias OutboundIn = HTTPServerResponsePart
    package typealias OutboundOut = HTTPServerResponsePart

    private enum Phase { case open, ending, closed }

    /// A request whose response is not complete.
    private struct Outstanding {
        /// Whether the connection may be kept after it.
        var isKept: Bool
        let deadline: NIODeadline
    }

    private let limits: ServerLimits
    private let departure: Departure
    private var phase = Phase.open
    private var requests: [Outstanding] = []
    private var isFirst = true
    /// Whether a body is arriving.
    private var isReading = false
    /// Whether the server is going down, or the client's bytes are not HTTP any more.
    private var isLast = false
    /// Answers bytes that are not HTTP, after the responses before them.
    private var refusal: Problem?
    /// For the next request, or for the end of the connection.
    private var timer: Scheduled<Void>?
    /// For the response to the first request.
    private var wholeTimer: Scheduled<Void>?
    /// For the body that is arriving.
    private var bodyTimer: Scheduled<Void>?
    private var bodyDeadline = NIODeadline.distantFuture
    /// Bytes of the body since the timer was set.
    private var arrived = 0
    private var dropped = 0

    /// Times in which the last response must be written, and then the client must end the connection; and bytes that it may still send.
    private static let grace = TimeAmount.seconds(3)
    private static let longestResponse = TimeAmount.seconds(30)
    private static let mostDropped = 8 << 20

    private let handshake: (HTTPRequestHead) -> Handshake

    /// - Parameters:
    ///   - departure: told when the client leaves before its request is answered.
    ///   - handshake: what a connection's first request asks for.
    package init(_ limits: ServerLimits, departure: Departure, handshake: @escaping (HTTPRequestHead) -> Handshake) {
        (self.limits, self.departure, self.handshake) = (limits, departure, handshake)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { waitForRequest(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        waitForRequest(context)
        context.fireChannelActive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { stopTimers() }

    package func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        stopTimers()
        departure.happen()
        context.fireChannelInactive()
    }

    // MARK: - Requests

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard phase == .open, !isLast || isReading || requests.isEmpty else { return drop(part, context) }
        switch part {
        case .head(var head):
            // After a request that ends the connection, there is no other.
            if requests.last?.isKept == false { return }
            if let problem = refusal(of: head) {
                isLast = true
                refusal = problem
                if requests.isEmpty { refuse(context) }
                return
            }
            timer?.cancel()
            requests.append(
                Outstanding(isKept: head.isKeepAlive, deadline: .now(in: context) + .milliseconds(Int64(limits.requestTime * 1000))))
            if head.headers.contains(name: "upgrade"), !isFirst || handshake(head) != .session {
                // NIOTypedHTTPServerUpgradeHandler loses the heads of requests for protocols that it does not know (swift-nio 2.101), and the
                // decoder reads nothing after them.
                head.headers.remove(name: "upgrade")
                requests[requests.count - 1].isKept = false
            }
            isFirst = false
            isReading = true
            bodyDeadline = .now(in: context) + .milliseconds(Int64(limits.bodyTime * 1000))
            waitForBody(context)
            if requests.count == 1 { waitForResponse(context) }
            answerExpectation(of: head, context)
            return context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let buffer):
            if !isReading { return }
            arrived += buffer.readableBytes
        case .end:
            if !isReading { return }
            isReading = false
            bodyTimer?.cancel()
        }
        context.fireChannelRead(data)
    }

    /// Why a request is refused whatever it asks for; nil if it is not.
    private func refusal(of head: HTTPRequestHead) -> Problem? {
        let hosts = head.headers["host"].count
        // RFC 9112 §3.2.
        guard hosts == 1 || hosts == 0 && head.version == .http1_0 else {
            return Problem(.badRequest, "request.malformed", "The request must have one Host.")
        }
        guard isFirst, case .malformed(let reason) = handshake(head) else { return nil }
        return Problem(.badRequest, "request.handshake", "The WebSocket handshake is malformed: \(reason).")
    }

    /// Clients wait for this response before they send a large body.
    private func answerExpectation(of head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.headers.first(name: "expect")?.lowercased() == "100-continue", requests.count == 1 else { return }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.body { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        isLast = true
        if isReading {
            isReading = false
            bodyTimer?.cancel()
            context.fireErrorCaught(RequestFailure.malformed)
        } else {
            refusal = Problem(.badRequest, "request.malformed", "The request is not valid HTTP.")
            if requests.isEmpty { refuse(context) }
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isLast = true
            if requests.isEmpty { end(context) }
        case ChannelEvent.inputClosed where phase == .ending: context.close(promise: nil)
        case ChannelEvent.inputClosed:
            // Clients close the connection when they give up; few end only their output after a request.
            if !isReading, !requests.isEmpty { departure.happen() }
            context.fireUserInboundEventTriggered(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: - Responses

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            // With the body still arriving, the next request could not be found.
            let isLastResponse = requests.count <= 1 && (isReading || isLast)
            if isLastResponse || requests.first?.isKept == false {
                if !requests.isEmpty { requests[0].isKept = false }
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.write(data, promise: promise)
            let isKept = requests.isEmpty ? false : requests.removeFirst().isKept
            if requests.isEmpty, refusal != nil { return refuse(context) }
            guard isKept else { return end(context) }
            if requests.isEmpty {
                wholeTimer?.cancel()
                waitForRequest(context)
            } else {
                waitForResponse(context)
            }
        default: context.write(data, promise: promise)
        }
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
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
        timer = schedule(.milliseconds(Int64(limits.idleTime * 1000)), context) { _, context in context.close(promise: nil) }
    }

    /// Waits for the response to the first request.
    private func waitForResponse(_ context: ChannelHandlerContext) {
        guard let first = requests.first else { return }
        wholeTimer?.cancel()
        wholeTimer = schedule(first.deadline - .now(in: context), context) { _, context in context.close(promise: nil) }
    }

    /// Waits for a part of the body: it must come as a whole before its deadline, and until then no slower than the limits allow.
    private func waitForBody(_ context: ChannelHandlerContext) {
        arrived = 0
        bodyTimer?.cancel()
        let window = TimeAmount.milliseconds(Int64(limits.bodyWindow * 1000))
        let left = bodyDeadline - .now(in: context)
        bodyTimer = schedule(min(window, left), context) { guardian, context in
            // The body of a request that waits behind another is held up by the server.
            let isSlow = guardian.requests.count == 1 && Double(guardian.arrived) < guardian.limits.bodyRate * guardian.limits.bodyWindow
            guard isSlow || left <= window else { return guardian.waitForBody(context) }
            guardian.isLast = true
            context.fireErrorCaught(RequestFailure.slowBody)
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        guard phase == .open else { return }
        phase = .ending
        stopTimers()
        context.flush()
        let loop = context.eventLoop.assumeIsolated()
        let written = context.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: written)
        // The response may be long, and the client slow.
        timer = loop.scheduleTask(in: Self.longestResponse) { context.close(promise: nil) }
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            timer?.cancel()
            timer = loop.scheduleTask(in: Self.grace) { context.close(promise: nil) }
        }
        context.read()
    }

    private func drop(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard phase == .ending, case .body(let buffer) = part else { return }
        dropped += buffer.readableBytes
        if dropped > Self.mostDropped { context.close(promise: nil) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        // The handlers behind do not ask for what is dropped.
        if phase == .ending { context.read() }
        context.fireChannelReadComplete()
    }

    private func schedule(
        _ time: TimeAmount, _ context: ChannelHandlerContext, _ body: @escaping (RequestGuard, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            if phase == .open { body(self, context) }
        }
    }

    private func stopTimers() {
        timer?.cancel()
        wholeTimer?.cancel()
        bodyTimer?.cancel()
    }
}

extension NIODeadline {
    /// The present time of the event loop, which a test chooses.
    fileprivate static func now(in context: ChannelHandlerContext) -> NIODeadline { context.eventLoop.now }
}
#endif
