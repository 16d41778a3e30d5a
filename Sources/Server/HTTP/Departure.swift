import Synchronization

/// Whether the client of a connection has left before its request was answered. Work for it is given up.
package final class Departure: Sendable {
    /// That of the connection whose request is being answered; nil outside a request.
    @TaskLocal package static var current: Departure?

    private struct State {
        var hasHappened = false
        var handlers: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var hasHappened: Bool { state.withLock { $0.hasHappened } }

    /// The client has left.
    package func happen() {
        let handlers = state.withLock { state in
            state.hasHappened = true
            defer { state.handlers = [:] }
            return state.handlers.values
        }
        for handler in handlers { handler() }
    }

    /// Calls `handler` once if the client of the current request leaves during `body`, or at once if it has left.
    static func notifying<Result>(_ handler: @escaping @Sendable () -> Void, during body: () async throws -> Result) async rethrows
        -> Result
    {
        guard let departure = current else { return try await body() }
        let number = departure.add(handler)
        if number == nil { handler() }
        defer { if let number { departure.state.withLock { $0.handlers[number] = nil } } }
        return try await body()
    }

    /// Returns nil if the client has left.
    private func add(_ handler: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard !state.hasHappened else { return nil }
            state.next += 1
            state.handlers[state.next] = handler
            return state.next
        }
    }
}
