import StimmungSupport
import Synchronization

// A file of its own: shared by models and features.

/// Cancels running calls. Later calls are not affected.
///
///     let calls = RunningCalls()
///     recogniser.cancellation = calls.cancellation     // on the thread of a call
///     calls.cancel()                                   // on another thread
final class RunningCalls: Sendable {
    private let current = Mutex(Cancellation())

    /// That of calls which begin now.
    var cancellation: Cancellation { current.withLock { $0 } }

    /// Cancels the calls that are running.
    func cancel() {
        current.withLock {
            $0.cancel()
            $0 = Cancellation()
        }
    }
}
