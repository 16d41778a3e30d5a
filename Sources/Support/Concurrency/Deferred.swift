import Synchronization

/// A value that is made when it is first needed, once.
///
///     let networks = Deferred { decode(file) }
///     networks.value
///
/// Copies share the value, and any thread may ask for it; others wait while one makes it.
package final class Deferred<Value: Sendable>: Sendable {
    private enum State: Sendable {
        case pending(@Sendable () -> Value)
        case made(Value)
    }

    private let state: Mutex<State>

    /// - Parameter make: must not ask for this value.
    package init(_ make: @escaping @Sendable () -> Value) { state = Mutex(.pending(make)) }

    /// A value that is there already.
    package init(_ value: Value) { state = Mutex(.made(value)) }

    package var value: Value {
        state.withLock { state in
            switch state {
            case .made(let value): return value
            case .pending(let make):
                let value = make()
                state = .made(value)
                return value
            }
        }
    }
}

extension Deferred: Equatable where Value: Equatable {
    package static func == (a: Deferred, b: Deferred) -> Bool { a === b || a.value == b.value }
}
