import Synchronization

/// A wish to stop, set from a signal handler or another thread and asked for by long work.
public final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)

    public init() {}

    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    public func request() { requested.store(true, ordering: .relaxed) }

    /// Throws `Interrupted` where a stop is wished for.
    func check() throws(Interrupted) {
        if isRequested { throw Interrupted() }
    }
}

/// Work was stopped from outside.
public struct Interrupted: Error, Equatable, CustomStringConvertible {
    public init() {}

    public var description: String { "Interrupted." }
}
