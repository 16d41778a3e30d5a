#if Server
import Logging
import NIOCore

/// Keeps the server accepting connections after the system had no descriptor or memory for one.
///
/// swift-nio reports the error to the end of the pipeline, where it would end the listener, and tries again at once, as often as a processor can.
/// So the error ends here, and the next attempt waits.
final class AcceptGuard: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private static let pause = TimeAmount.milliseconds(100)
    /// Between two warnings in the log.
    private static let silence = TimeAmount.seconds(10)

    private let logger: Logger
    private var isPausing = false
    private var lastWarning: NIODeadline?

    init(_ logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        if lastWarning.map({ .now() - $0 > Self.silence }) ?? true {
            lastWarning = .now()
            logger.warning("a connection waits to be accepted: \(error)")
        }
        guard !isPausing else { return }
        isPausing = true
        // The read that failed is still pending; only this option ends it.
        context.channel.setOption(.autoRead, value: false).whenFailure { [logger] in logger.error("accepting: \($0)") }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPausing = false
            context.channel.setOption(.autoRead, value: true).whenFailure { [logger] in logger.debug("accepting: \($0)") }
        }
    }

    func read(context: ChannelHandlerContext) { if !isPausing { context.read() } }
}
#endif
