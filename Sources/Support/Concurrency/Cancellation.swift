import Synchronization

/// A request to stop, made by a signal handler or another thread and checked by long work.
///
/// A copy of a value that holds a cancellation shares it: one request stops every copy.
public final class Cancellation: Sendable {
    private let requested = Atomic<Bool>(false)
    /// A request of it stops this one's work too.
    private let parent: Cancellation?

    /// A cancellation that has not been requested yet.
    public init() {
        parent = nil
    }

    /// A cancellation that a request to `parent` cancels too.
    package init(parent: Cancellation) {
        self.parent = parent
    }

    /// Whether a stop has been requested.
    public var isCancelled: Bool { requested.load(ordering: .relaxed) || parent?.isCancelled == true }

    /// Requests a stop. A request cannot be withdrawn.
    public func cancel() { requested.store(true, ordering: .relaxed) }

    /// - Throws: `Cancelled` once a stop was requested.
    package func check() throws(Cancelled) {
        if isCancelled { throw Cancelled() }
    }
}

/// Work was stopped on request.
public struct Cancelled: StimmungError, Equatable {
    /// The error that cancelled work throws.
    public init() {}

    public var code: String { "cancelled" }

    public var description: String { "Interrupted." }
}
