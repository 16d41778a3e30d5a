#if Server
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import StimmungSupport

/// The HTTP and WebSocket server.
package struct Server: Sendable {
    private let options: ServerOptions
    private let models: ServedModels
    private let logger: Logger

    /// A server that has not been started.
    ///
    /// - Parameter isQuiet: whether requests are not logged.
    package init(_ options: ServerOptions, models: ServedModels, isQuiet: Bool) {
        self.options = options
        self.models = models
        var logger = Logger(label: "stimmung") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = isQuiet ? .warning : .info
        self.logger = logger
    }

    /// Listens until `stop` asks for the end; then accepts no more, answers the accepted requests, and ends the sessions.
    ///
    /// - Parameters:
    ///   - onListening: called with the port.
    ///   - stop: called once with a function that ends the server, from any thread.
    /// - Throws: `ServerError`.
    package func run(onListening: @escaping @Sendable (Int) -> Void, stop: (@escaping @Sendable () -> Void) -> Void) async throws {
        let service = try Service(options, models: models, logger: logger)
        let connections = connectionLimit()
        let application = Application(
            responder: Routes(service),
            server: HTTPServerBuilder { Connection(responder: $0, service: service) },
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            onServerRunning: { [logger] channel in
                await Self.guardListener(channel, logger)
                service.isReady.withLock { $0 = true }
                onListening(channel.localAddress?.port ?? 0)
            },
            logger: quietLogger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: application)], logger: quietLogger))
        stop {
            service.isReady.withLock { $0 = false }
            Task { await group.triggerGracefulShutdown() }
        }
        do { try await group.run() } catch let error as IOError {
            throw ServerError.cannotListen(host: options.host, port: options.port, reason: String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError {
            throw ServerError.cannotListen(host: options.host, port: options.port, reason: "\(error)")
        } catch is SocketAddressError.UnknownHost {
            throw ServerError.cannotListen(host: options.host, port: options.port, reason: "no machine has this name")
        }
        service.pool.close()
    }

    /// The largest number of connections: that of the options, or what the system's limit of descriptors allows.
    private func connectionLimit() -> Int {
        let descriptors = Descriptors.raiseLimit()
        let possible = Descriptors.connections(limit: descriptors, threads: options.threads)
        guard possible < options.limits.connections else { return options.limits.connections }
        logger.warning(
            "at most \(possible) connections instead of \(options.limits.connections), because the process may have \(descriptors) descriptors"
        )
        return possible
    }

    private static func guardListener(_ channel: any Channel, _ logger: Logger) async {
        do {
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(AcceptGuard(logger), position: .first)
            }.get()
        } catch { logger.error("the listener has no guard: \(error)") }
    }

    /// For the frameworks, whose messages say little to an operator.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
#endif
