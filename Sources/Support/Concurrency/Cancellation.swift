import Synchronization

/// A cancellation request, made by a signal handler or another thread and checked by long-running work.
///
/// Copies of a value that has a cancellation share it: one request stops all of them.
public final class Cancellation: Sendable {
    private let requested = Atomic<Bool>(false)
    /// Cancelling the parent cancels this one too.
    private let parent: Cancellation?

    /// A cancellation that has not been requested.
    public init() {
        parent = nil
    }

    /// A cancellation that is also requested by cancelling `parent`.
    package init(parent: Cancellation) {
        self.parent = parent
    }

    /// Whether cancellation has been requested.
    public var isCancelled: Bool { requested.load(ordering: .relaxed) || parent?.isCancelled == true }

    /// Requests cancellation. A request cannot be withdrawn.
    public func cancel() { requested.store(true, ordering: .relaxed) }

    /// - Throws: `Cancelled` if cancellation has been requested.
    package func check() throws(Cancelled) {
        if isCancelled { throw Cancelled() }
    }
}

/// Work was cancelled on request.
public struct Cancelled: StimmungError, Equatable {
    /// The error of cancelled work.
    public init() {}

    public var code: String { "cancelled" }

    public var description: String { "Interrupted." }
}
