#if Server
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection that carries HTTP, or a WebSocket session if its first request asks for one.
struct Connection: HTTPChannelHandler {
    typealias Stream = NIOAsyncChannel<WebSocketInput, WebSocketOutput>

    /// What a connection carries.
    enum Content: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        /// Whether the request had the token.
        case stream(Stream, isAuthorised: Bool)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Content>
        let departure: Departure
    }

    let responder: HTTPChannelHandler.Responder
    let service: Service

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = 16 << 10
            limits.maxHeaderListSize = 32 << 10
            limits.maxHeaderFieldCount = 100
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
            let departure = Departure()
            let guardian = RequestGuard(service.limits, departure: departure) { service.handshake($0) }
            let upgrade = NIOTypedHTTPServerUpgradeHandler(
                httpEncoder: encoder, extraHTTPHandlers: [decoder, guardian],
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(upgraders: [upgrader], notUpgradingCompletionHandler: http))
            try channel.pipeline.syncOperations.addHandlers([encoder, decoder, guardian, upgrade])
            return Value(channel: channel, negotiated: upgrade.upgradeResultFuture, departure: departure)
        }
    }

    func handle(value: Value, logger: Logger) async {
        let content: Content
        // A connection that ends before its first request.
        do { content = try await value.negotiated.get() } catch { return }
        switch content {
        case .http(let channel):
            await Departure.$current.withValue(value.departure) { await handleHTTP(asyncChannel: channel, logger: logger) }
        case .stream(let channel, let isAuthorised): await StreamSession(service, isAuthorised: isAuthorised).run(channel)
        }
    }

    @Sendable private func http(_ channel: any Channel) -> EventLoopFuture<Content> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            return .http(
                try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    /// `RequestGuard` has checked the request.
    private var upgrader: NIOTypedWebSocketServerUpgrader<Content> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: WebSocketHandler.largestFrame, enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    let partial = PartialFrames(budget: service.budget)
                    try channel.pipeline.syncOperations.addHandler(partial, position: .first)
                    try channel.pipeline.syncOperations.addHandler(
                        WebSocketHandler(service.limits, budget: service.budget, partial: partial))
                    let isAuthorised = service.authorisation.isAuthorised(head.headers.first(name: "authorization"))
                    // A message may hold 1 MiB, so few wait.
                    let stream = try Stream(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2)))
                    // The event that announces the end may have come before the handler.
                    if !service.isReady.withLock({ $0 }) { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
                    return .stream(stream, isAuthorised: isAuthorised)
                }
            })
    }
}

extension Service {
    /// What a connection's first request asks for. `Routes` answers one that may not have a session, with the reason.
    ///
    /// A token, if there is one, must be right; a browser sends it in the first message.
    fileprivate func handshake(_ head: HTTPRequestHead) -> Handshake {
        let headers = head.headers
        guard head.uri.prefix(while: { $0 != "?" }) == Routes.streamPath,
            access.refusal(host: headers.first(name: "host"), origin: headers.first(name: "origin")) == nil,
            headers.first(name: "authorization").map({ authorisation.isAuthorised($0) }) ?? true
        else { return .none }
        return Handshake(head)
    }
}
#endif
