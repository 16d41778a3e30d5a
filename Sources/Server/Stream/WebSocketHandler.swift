#if Server
import NIOCore
import NIOWebSocket

/// What a client sends in a session.
package enum WebSocketInput: Sendable {
    case text(String)
    /// A piece of a binary message, and its share of the memory; where messages begin and end does not matter.
    case binary(ByteBuffer, UploadBudget.Share)
    /// There is no memory for a piece of a message.
    case refused
    /// Nothing comes any more: the client has closed, or has broken the protocol.
    case closed
    /// Nothing has come for too long.
    case idle
    /// The server is going down.
    case goingAway
}

/// What a session sends.
package enum WebSocketOutput: Sendable {
    case text(String)
    case close(WebSocketErrorCode, reason: String)
}

/// The protocol of RFC 6455 above its frames: control frames, fragments, violations, and the closing handshake.
package final class WebSocketHandler: ChannelDuplexHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias InboundOut = WebSocketInput
    package typealias OutboundIn = WebSocketOutput
    package typealias OutboundOut = WebSocketFrame

    /// Largest frame, and largest text message, in bytes.
    static let largestFrame = 1 << 20
    private static let largestText = 64 << 10
    /// Time for the client to answer a close frame.
    private static let grace = TimeAmount.seconds(3)

    private let idleTime: TimeAmount
    /// For the first message.
    private let startTime: TimeAmount
    private let budget: UploadBudget
    private let partial: PartialFrames?
    /// The message that is being received in fragments; nil for none.
    private var fragments: (opcode: WebSocketOpcode, text: ByteBuffer)?
    private var isClosing = false
    /// Whether the first message has come.
    private var hasStarted = false
    /// When the last piece of a message came; control frames do not count, nor does the time in which the session does not read.
    private var lastHeard = NIODeadline.distantPast
    /// When the session stopped reading, to recognise what it has; nil while it reads.
    private var pausedSince: NIODeadline?
    private var timer: Scheduled<Void>?
    private var isIdle = false
    private var unwritableSince: NIODeadline?
    /// The answer to the last ping, while the client does not read.
    private var pong: ByteBuffer?

    /// - Parameter budget: for the audio that waits to be recognised.
    package convenience init(_ limits: ServerLimits, budget: UploadBudget) { self.init(limits, budget: budget, partial: nil) }

    /// - Parameter partial: is told when a frame has arrived, and when the session has started.
    init(_ limits: ServerLimits, budget: UploadBudget, partial: PartialFrames?) {
        self.partial = partial
        idleTime = .milliseconds(Int64(limits.idleTime * 1000))
        startTime = .milliseconds(Int64(limits.startTime * 1000))
        self.budget = budget
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        lastHeard = context.eventLoop.now
        wait(context)
    }

    private func wait(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in tick(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    private func tick(_ context: ChannelHandlerContext) {
        // A client that does not read its events.
        let now = context.eventLoop.now
        if let unwritableSince, now - unwritableSince > idleTime { return context.close(promise: nil) }
        if (pausedSince ?? now) - lastHeard > (hasStarted ? idleTime : startTime), !isIdle, !isClosing {
            isIdle = true
            context.fireChannelRead(wrapInboundOut(.idle))
        }
        wait(context)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        unwritableSince = context.channel.isWritable ? nil : context.eventLoop.now
        if context.channel.isWritable, let pong, !isClosing {
            self.pong = nil
            context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: pong)), promise: nil)
        }
        context.fireChannelWritabilityChanged()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        partial?.frameArrived()
        // After its close frame, a session waits for that of the client only.
        if isClosing {
            if frame.opcode == .connectionClose { context.close(promise: nil) }
            return
        }
        guard frame.maskKey != nil else { return fail(context, .protocolError, "a frame is not masked") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return fail(context, .protocolError, "a reserved bit is set") }
        var payload = frame.unmaskedData
        switch frame.opcode {
        case .ping:
            // Of several pings, only the last needs an answer (RFC 6455 §5.5.3).
            guard context.channel.isWritable else {
                pong = payload
                break
            }
            context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: payload)), promise: nil)
        case .pong: break
        case .connectionClose: close(context, &payload)
        case .text, .binary:
            guard fragments == nil else { return fail(context, .protocolError, "a message begins within another") }
            fragments = (frame.opcode, ByteBuffer())
            take(payload, frame.fin, context)
        case .continuation:
            guard fragments != nil else { return fail(context, .protocolError, "a continuation without a message") }
            take(payload, frame.fin, context)
        default: fail(context, .protocolError, "an unknown opcode")
        }
    }

    /// Takes a fragment of a message.
    private func take(_ payload: ByteBuffer, _ isLast: Bool, _ context: ChannelHandlerContext) {
        guard let (opcode, begun) = fragments else { return }
        // Before the start, fragments do not postpone its deadline.
        if hasStarted { lastHeard = context.eventLoop.now }
        var text = begun
        fragments = nil
        if opcode == .binary {
            if payload.readableBytes > 0 {
                let input = budget.share(of: payload.readableBytes).map { WebSocketInput.binary(payload, $0) } ?? .refused
                context.fireChannelRead(wrapInboundOut(input))
            }
        } else {
            guard text.readableBytes + payload.readableBytes <= Self.largestText else {
                return fail(context, .messageTooLarge, "a text message is longer than 64 KiB")
            }
            text.writeImmutableBuffer(payload)
            if isLast {
                guard let message = String(validating: text.readableBytesView, as: UTF8.self) else {
                    return fail(context, .dataInconsistentWithMessage, "a text message is not UTF-8")
                }
                hasStarted = true
                partial?.hasStarted = true
                lastHeard = context.eventLoop.now
                context.fireChannelRead(wrapInboundOut(.text(message)))
            }
        }
        if !isLast { fragments = (opcode, text) }
    }

    /// Answers a close frame.
    private func close(_ context: ChannelHandlerContext, _ payload: inout ByteBuffer) {
        var code = WebSocketErrorCode.normalClosure
        if payload.readableBytes > 0 {
            guard let given = payload.readInteger(as: UInt16.self), Self.isValid(given) else {
                return fail(context, .protocolError, "an invalid close code")
            }
            guard String(validating: payload.readableBytesView, as: UTF8.self) != nil else {
                return fail(context, .dataInconsistentWithMessage, "a close reason that is not UTF-8")
            }
            code = WebSocketErrorCode(codeNumber: Int(given))
        }
        isClosing = true
        send(context, code, "")
        context.fireChannelRead(wrapInboundOut(.closed))
        // The server closes the connection first (RFC 6455 §7.1.1).
        context.close(promise: nil)
    }

    /// Codes that may be sent (RFC 6455 §7.4, and the registry of IANA).
    private static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// Ends the session because of the client's frames.
    private func fail(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode, _ reason: String) {
        guard !isClosing else { return }
        beginClosing(context, code, reason)
        context.fireChannelRead(wrapInboundOut(.closed))
    }

    private func beginClosing(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode, _ reason: String) {
        isClosing = true
        fragments = nil
        send(context, code, reason)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.grace) { context.close(promise: nil) }
        context.read()
    }

    private func send(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode, _ reason: String) {
        var payload = ByteBuffer()
        payload.write(webSocketErrorCode: code)
        // A control frame has at most 125 bytes.
        payload.writeString(String(reason.prefix(100)))
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: payload)), promise: nil)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .text(let text):
            context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))), promise: promise)
        case .close(let code, let reason):
            beginClosing(context, code, reason)
            promise?.succeed()
        }
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // The end of the session's output: the closing handshake ends the connection.
        guard mode == .output || isClosing else { return context.close(mode: mode, promise: promise) }
        if !isClosing { beginClosing(context, .normalClosure, "") }
        promise?.succeed()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: fail(context, .messageTooLarge, "a frame is longer than 1 MiB")
        case is NIOWebSocketError: fail(context, .protocolError, "a malformed control frame")
        default: context.fireErrorCaught(error)
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case PartialFrames.Refusal.tooLarge: fail(context, .messageTooLarge, "a frame before the start is longer than 64 KiB")
        case PartialFrames.Refusal.noRoom: context.fireChannelRead(wrapInboundOut(.refused))
        case is ChannelShouldQuiesceEvent: if !isClosing { context.fireChannelRead(wrapInboundOut(.goingAway)) }
        case ChannelEvent.inputClosed:
            if !isClosing { context.fireChannelRead(wrapInboundOut(.closed)) }
            isClosing = true
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func read(context: ChannelHandlerContext) {
        if let pausedSince { lastHeard = lastHeard + (context.eventLoop.now - pausedSince) }
        pausedSince = nil
        context.read()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        pausedSince = pausedSince ?? context.eventLoop.now
        // The session does not read any more.
        if isClosing { context.read() }
        context.fireChannelReadComplete()
    }
}
#endif
