import Synchronization

/// A request to stop, made by a signal handler or another thread and checked by long work.
///
/// A copy of a value that holds a cancellation shares it: one request stops every copy.
package final class Cancellation: Sendable {
    private let requested = Atomic<Bool>(false)

    package init() {}

    package var isCancelled: Bool { requested.load(ordering: .relaxed) }

    package func cancel() { requested.store(true, ordering: .relaxed) }

    /// - Throws: `Cancelled` once a stop was requested.
    package func check() throws(Cancelled) {
        if isCancelled { throw Cancelled() }
    }
}

/// Work was stopped on request.
package struct Cancelled: StimmungError, Equatable {
    package init() {}

    package var code: String { "cancelled" }

    package var description: String { "Interrupted." }
}
