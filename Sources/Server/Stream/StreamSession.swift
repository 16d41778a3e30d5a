#if Server
import Foundation
import HTTPTypes
import NIOCore
import NIOWebSocket
import Stimmung
import StimmungAudio
import StimmungSupport

/// One WebSocket session: a start, then audio, while events are sent.
///
/// A message is read only when the one before has been recognised and its events have been taken, so a client that is faster than the server, or
/// does not read, is held up by TCP, and nothing piles up.
struct StreamSession {
    private typealias Inbound = NIOAsyncChannelInboundStream<WebSocketInput>.AsyncIterator
    private typealias Outbound = NIOAsyncChannelOutboundWriter<WebSocketOutput>

    private let service: Service
    /// Whether the request for the session had the token.
    private let isAuthorised: Bool

    init(_ service: Service, isAuthorised: Bool) { (self.service, self.isAuthorised) = (service, isAuthorised) }

    /// Why a session ends.
    fileprivate struct Ending: Error {
        let code: WebSocketErrorCode
        let reason: String
        /// Sent before, as an event; nil for an ordinary end.
        var problem: Problem?

        static let normal = Ending(code: .normalClosure, reason: "")
        static let goingAway = Ending(code: .goingAway, reason: "the server is going down")
        static let full = Ending(code: WebSocketErrorCode(codeNumber: 1013), reason: "the server has too many sessions")

        /// Whether the client has ended the audio, so that what was learnt from it is kept.
        var isNormal: Bool { code == .normalClosure }
    }

    func run(_ channel: Connection.Stream) async {
        let start = ContinuousClock.now
        do {
            try await channel.executeThenClose { inbound, outbound in
                let ending = await converse(inbound.makeAsyncIterator(), outbound)
                service.logger.info(
                    "session",
                    metadata: [
                        "s": "\(Int((ContinuousClock.now - start) / .seconds(1)))",
                        "end": "\(ending.map { $0.problem?.code ?? "\(UInt16(webSocketErrorCode: $0.code))" } ?? "closed")",
                    ])
                guard let ending else { return }
                if let problem = ending.problem { try await outbound.write(.text(problem.event)) }
                try await outbound.write(.close(ending.code, reason: ending.reason))
            }
        } catch {
            // The connection is gone.
            service.logger.debug("session: \(error)")
        }
        // Until the client has answered the close frame: the end of the process would discard a frame that has not been read.
        try? await channel.channel.closeFuture.get()
    }

    /// Returns how to end the session; nil if the client has ended it.
    private func converse(_ inbound: consuming Inbound, _ outbound: Outbound) async -> Ending? {
        var inbound = inbound
        do {
            guard let start = try await start(&inbound) else { return nil }
            // Only now, so that clients without the token do not take the places of others.
            guard service.beginSession() else { return .full }
            defer { service.endSession() }
            let longest = service.limits.sessionDuration
            let recognition = try await service.pool.runLive { [service] in
                try StreamRecognition(try service.recogniser(start.request), start, longest: longest)
            }
            guard let ending = try await listen(&inbound, outbound, recognition) else { return nil }
            if ending.isNormal {
                if let key = service.sourceKey(start.request), let heard = recognition.source { service.sources.add(heard, to: key) }
                if let name = start.enrol { try await keep(recognition, as: name) }
            }
            return ending
        } catch let ending as Ending { return ending } catch {
            if let problem = Problem(error, naming: { $0 }) { return Ending(problem) }
            if !(error is ChannelError), !(error is IOError) { service.logger.error("session: \(logged(error))") }
            return Ending(.unknown)
        }
    }

    /// The first message; nil if the client has closed.
    private func start(_ inbound: inout Inbound) async throws -> StreamStart? {
        switch try await inbound.next() {
        case .text(let message)?:
            let start: StreamStart
            do { start = try StreamStart(message: message) } catch {
                throw Ending(Problem(.badRequest, "request.start", error.description))
            }
            guard isAuthorised || service.authorisation.isAuthorised(token: start.token) else {
                throw Ending(
                    Problem(
                        .unauthorized, "request.unauthorised",
                        "The first message needs the token of this server, or the request its header."))
            }
            return start
        case .binary?: throw Ending(Problem(.badRequest, "request.start", "The first message must be text: the start of the session."))
        case .refused?: throw Ending(Self.noMemory)
        case .idle?: throw Ending(Self.silent)
        case .goingAway?: throw Ending.goingAway
        case .closed?, nil: return nil
        }
    }

    /// Recognises until the end; nil if the client has closed before it.
    private func listen(_ inbound: inout Inbound, _ outbound: Outbound, _ recognition: StreamRecognition) async throws -> Ending? {
        while let input = try await inbound.next() {
            let start = ContinuousClock.now
            var ending: Ending?
            let events: [String]
            switch input {
            case .binary(let buffer, let share):
                events = try await push(buffer, to: recognition)
                withExtendedLifetime(share) {}
            case .refused: throw Ending(Self.noMemory)
            case .text(let message):
                guard Self.isEnd(message) else {
                    throw Ending(Problem(.badRequest, "request.text", "After the start, text must be {\"end\": true}; audio is binary."))
                }
                ending = .normal
                events = try await service.pool.runLive { try recognition.finish() }
            case .goingAway, .idle:
                ending = if case .idle = input { Ending(Self.silent) } else { .goingAway }
                events = try await service.pool.runLive { try recognition.finish() }
            case .closed: return nil
            }
            if !events.isEmpty {
                try await outbound.write(contentsOf: events.map { .text($0) })
                service.metrics.event(took: ContinuousClock.now - start)
            }
            if let ending { return ending }
        }
        return nil
    }

    /// Recognises a message in pieces, between which other sessions have their turn.
    private func push(_ buffer: ByteBuffer, to recognition: StreamRecognition) async throws -> [String] {
        var (rest, events) = (buffer, [String]())
        while let piece = rest.readSlice(length: min(rest.readableBytes, Self.longestPiece)), piece.readableBytes > 0 {
            events += try await service.pool.runLive { try recognition.push(piece.readableBytesView) }
        }
        return events
    }

    /// Bytes: 0.5 s of one channel at 16 kHz in s16le.
    private static let longestPiece = 16 << 10

    private func keep(_ recognition: StreamRecognition, as name: String) async throws {
        let isKept = try await service.pool.runLive { [service] in
            guard let voice = recognition.voice else { throw VoiceError.noSpeech(recordings: 1) }
            return try service.voices.set(name, voice)
        }
        guard isKept else { throw Problem(.conflict, "request.too-many-voices", "The server has as many voices as it can hold.") }
    }

    private static let noMemory = Problem(
        .serviceUnavailable, "request.busy", "The server holds as much audio as it can. Try again later.")
    private static let silent = Problem(.requestTimeout, "request.idle", "Nothing has been received for too long.")

    private static func isEnd(_ message: String) -> Bool {
        (try? JSONDecoder().decode([String: Bool].self, from: Data(message.utf8))) == ["end": true]
    }
}

extension StreamStart {
    fileprivate var request: Service.Request { Service.Request(model: model, voice: voice, source: source, reject: reject) }
}

extension StreamSession.Ending {
    /// An end because of a problem, which is sent as an event.
    fileprivate init(_ problem: Problem) {
        let code: WebSocketErrorCode =
            switch problem.status {
            case .unauthorized, .notFound, .requestTimeout, .conflict, .unprocessableContent: .policyViolation
            case .contentTooLarge: .messageTooLarge
            case .serviceUnavailable, .tooManyRequests: WebSocketErrorCode(codeNumber: 1013)
            case .internalServerError: .unexpectedServerError
            default: .unacceptableData
            }
        self.init(code: code, reason: problem.code, problem: problem)
    }
}

extension Problem {
    /// The problem as an event of a session.
    fileprivate var event: String { "{\"event\": \"error\", \"code\": \(code.jsonQuoted), \"detail\": \(detail.jsonQuoted)}" }
}
#endif
