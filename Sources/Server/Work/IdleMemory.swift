import CStimmungMemory
import Dispatch
import Foundation
import Synchronization

/// Returns freed memory to the system once the server has been idle for a while.
///
/// glibc keeps what each thread has freed for later use, and returns little of it by itself.
final class IdleMemory: Sendable {
    private struct State {
        var lastUse = DispatchTime.now()
        /// Whether a timer is running.
        var isWaiting = false
    }

    private static let delay = DispatchTimeInterval.seconds(2)

    private let state = Mutex(State())

    /// Says that the server has just done something.
    func used() {
        let mustWait = state.withLock { state in
            state.lastUse = .now()
            defer { state.isWaiting = true }
            return !state.isWaiting
        }
        if mustWait { wait(until: .now() + Self.delay) }
    }

    private func wait(until deadline: DispatchTime) {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: deadline) { [self] in
            let end = state.withLock { state in
                let end = state.lastUse + Self.delay
                if end <= .now() { state.isWaiting = false }
                return end
            }
            if end <= .now() { malloc_trim(0) } else { wait(until: end) }
        }
    }
}
