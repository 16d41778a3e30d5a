import CStimmungInterface
import Stimmung
import StimmungSupport
import Synchronization

/// A session that a C program uses, and its events that have not been taken.
final class OpenSession: Handled {
    static let kind = "session"

    private struct State {
        let session: RecognitionSession
        /// Where the voice is written at the end; nil for nowhere.
        let voice: String?
        var events: [SessionEvent] = []
        /// Events of the array that have been taken.
        var taken = 0
        var isFinished = false

        mutating func finish() throws {
            guard !isFinished else { throw LibraryError.finished }
            isFinished = true
            events += try session.finish()
            guard let voice else { return }
            guard let learnt = session.voice else { throw VoiceError.noSpeech(recordings: 1) }
            try learnt.write(path: voice)
        }

        mutating func next() -> SessionEvent? {
            guard taken < events.count else { return nil }
            defer {
                taken += 1
                if taken == events.count { (events, taken) = ([], 0) }
            }
            return events[taken]
        }
    }

    private let state: Mutex<State>

    init(_ model: OpenModel, rate: Int, _ options: SessionSettings) throws {
        let session = try model.forCall.session(sampleRate: rate, options: options.session)
        state = Mutex(State(session: session, voice: options.enrol))
    }

    /// - Throws: `LibraryError.busy` if another thread uses the session.
    private func use<Value: Sendable>(_ body: (inout sending State) throws -> sending Value) throws -> Value {
        guard let value = try state.withLockIfAvailable(body) else { throw LibraryError.busy }
        return value
    }

    func push(_ samples: [Float]) throws {
        try use { state in
            guard !state.isFinished else { throw LibraryError.finished }
            state.events += try state.session.push(samples)
        }
    }

    func finish() throws { try use { try $0.finish() } }

    /// The next event as JSON; nil if there is none yet.
    func next() throws -> String? { try use { (state) throws -> String? in state.next()?.json } }
}

/// Opens a session.
@_cdecl("stimmung_session_open")
public func openSession(
    _ model: OpaquePointer?, _ rate: Int32, _ options: CText?, _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> stimmung_status {
    call {
        let place = try result(session, "session", empty: nil)
        let model = try Handles.object(model, OpenModel.self)
        guard (1000...1_000_000).contains(rate) else {
            throw LibraryError.argument("rate", reason: "is \(rate); it must be 1000 to 1000000 samples per second")
        }
        place.pointee = Handles.add(try OpenSession(model, rate: Int(rate), SessionSettings(options)))
    }
}

/// Takes samples.
@_cdecl("stimmung_session_push")
public func push(_ session: OpaquePointer?, _ samples: UnsafePointer<Float>?, _ count: Int) -> stimmung_status {
    call {
        let session = try Handles.object(session, OpenSession.self)
        guard (0...SampleFile.most).contains(count) else { throw LibraryError.argument("count", reason: "is too large") }
        guard samples != nil || count == 0 else { throw LibraryError.argument("samples", reason: "is NULL") }
        try session.push(Array(UnsafeBufferPointer(start: samples, count: count)))
    }
}

/// Takes the next event.
@_cdecl("stimmung_session_next")
public func next(_ session: OpaquePointer?, _ event: TextPlace?) -> stimmung_status {
    call {
        let place = try result(event, "event", empty: nil)
        place.pointee = try Handles.object(session, OpenSession.self).next().flatMap { Blocks.make($0) }
    }
}

/// Ends a session.
@_cdecl("stimmung_session_finish")
public func finish(_ session: OpaquePointer?) -> stimmung_status {
    call { try Handles.object(session, OpenSession.self).finish() }
}

/// Frees the handle of a session.
@_cdecl("stimmung_session_free")
public func freeSession(_ session: OpaquePointer?) -> stimmung_status {
    call { try Handles.remove(session, OpenSession.self) }
}
