import Dispatch
import Synchronization

/// Delivers what threads have finished in the order of the inputs, each item as soon as its predecessors are delivered.
///
/// Items that wait for a predecessor are bounded: threads that are ahead wait until there is room.
final class OrderedDelivery<Item: Sendable>: Sendable {
    private struct State {
        var waiting: [Int: (item: Item, size: Int)] = [:]
        /// The sizes of all waiting items.
        var held = 0
        var next = 0
        /// The first error of `deliver`; nothing is delivered after it.
        var error: (any Error)?
        var isClosed = false
        /// Threads that wait for room.
        var blocked = 0
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let limit: Int
    private let deliver: @Sendable (Item) throws -> Void

    /// - Parameters:
    ///   - limit: largest total size of the items that wait.
    ///   - deliver: called with one item at a time.
    init(limit: Int, _ deliver: @escaping @Sendable (Item) throws -> Void) {
        self.limit = limit
        self.deliver = deliver
    }

    /// Waits until another item may be worked on; false after an error or once closed.
    ///
    /// The thread that works on the next item never waits here, so the others go on when it has finished.
    func waitForRoom() -> Bool {
        while true {
            let canStart: Bool? = state.withLock { state in
                if state.error != nil || state.isClosed { return false }
                if state.held <= limit { return true }
                state.blocked += 1
                return nil
            }
            if let canStart { return canStart }
            room.wait()
        }
    }

    /// Whether another item may be worked on, without waiting: nil if there is no room yet, false after an error or once closed.
    var hasRoom: Bool? {
        state.withLock { $0.error != nil || $0.isClosed ? false : $0.held <= limit ? true : nil }
    }

    func add(_ item: Item, size: Int, at index: Int) {
        state.withLock { state in
            state.waiting[index] = (item, size)
            state.held += size
            while state.error == nil, let ready = state.waiting.removeValue(forKey: state.next) {
                do { try deliver(ready.item) } catch { state.error = error }
                state.held -= ready.size
                state.next += 1
            }
            wake(&state)
        }
    }

    /// Nothing more will be added: threads that wait for room end.
    func close() {
        state.withLock { state in
            state.isClosed = true
            wake(&state)
        }
    }

    private func wake(_ state: inout State) {
        for _ in 0..<state.blocked { room.signal() }
        state.blocked = 0
    }

    /// - Throws: the first error of `deliver`.
    func finish() throws {
        if let error = state.withLock({ $0.error }) { throw error }
    }
}
