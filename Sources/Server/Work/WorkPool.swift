import Dispatch
import Foundation
import StimmungSupport
import Synchronization

/// Threads for work that must not run on event loops, with a bounded queue.
///
/// There are two lanes of as many threads each: one for recordings, and one for pieces of live audio. So a long recording does not hold up the
/// streams; the system shares the processors.
package final class WorkPool: Sendable {
    private let recordings: Lane
    private let live: Lane
    private let capacity: Int
    private let time: Double
    private let threads: Int
    private let statistics = Mutex(Statistics())

    /// Recordings that wait or are being recognised.
    private struct Statistics {
        var accepted = 0
        /// Seconds per recording: a moving mean.
        var usualTime = 0.1
    }

    /// - Parameters:
    ///   - threads: of each lane.
    ///   - queue: the largest number of recordings that wait.
    ///   - time: seconds after which a recording is given up, with its time in the queue.
    package init(threads: Int, queue: Int, time: Double) {
        recordings = Lane(threads: threads, name: "recordings")
        live = Lane(threads: threads, name: "live")
        capacity = threads + queue
        self.time = time
        self.threads = threads
    }

    /// Recordings that wait or are being recognised.
    package var accepted: Int { statistics.withLock { $0.accepted } }

    /// Whether another recording would be refused.
    package var isFull: Bool { accepted >= capacity }

    /// Seconds until a place in the queue is likely to be free, at least 1.
    package var retryAfter: Int {
        statistics.withLock { max(1, Int((Double($0.accepted) * $0.usualTime / Double(threads)).rounded(.up))) }
    }

    /// Runs the work on a thread for recordings.
    ///
    /// Work that waits is given up at once when its time is over or the client has left; work that runs stops at its next check.
    ///
    /// - Parameter body: checks the cancellation now and then.
    /// - Throws: `WorkRefusal`; the errors of `body`.
    package func run<Result: Sendable>(_ body: @escaping @Sendable (Cancellation) throws -> Result) async throws -> Result {
        let isAccepted = statistics.withLock {
            guard $0.accepted < capacity else { return false }
            $0.accepted += 1
            return true
        }
        guard isAccepted else { throw WorkRefusal.full(retryAfter: retryAfter) }
        let piece = WaitingWork(body)
        let alarm = DispatchWorkItem { piece.giveUp(.late) }
        DispatchQueue.global().asyncAfter(deadline: .now() + time, execute: alarm)
        defer {
            alarm.cancel()
            statistics.withLock { $0.accepted -= 1 }
        }
        return try await Departure.notifying {
            piece.giveUp(.abandoned)
        } during: {
            try await withCheckedThrowingContinuation { continuation in
                piece.wait(continuation)
                recordings.add { [self] in
                    let start = ContinuousClock.now
                    guard piece.run() else { return }
                    let took = Double((ContinuousClock.now - start) / .seconds(1))
                    statistics.withLock { $0.usualTime += 0.1 * (took - $0.usualTime) }
                }
            }
        }
    }

    /// Runs a piece of live audio.
    package func runLive<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            live.add { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// Ends the threads after the work that they have.
    package func close() {
        recordings.close()
        live.close()
    }
}

/// Why work was not done.
package enum WorkRefusal: Error, Equatable {
    /// The queue is full; a place is likely to be free after this many seconds.
    case full(retryAfter: Int)
    /// It was not done in time.
    case late
    /// The client has left.
    case abandoned
}

/// Work that waits for a thread: run once, or given up before.
private final class WaitingWork<Result: Sendable>: Sendable {
    private struct State {
        /// Nil once the work runs or has been given up, so that what it holds is freed then.
        var body: (@Sendable (Cancellation) throws -> Result)?
        var continuation: CheckedContinuation<Result, any Error>?
        var refusal: WorkRefusal?
    }

    private let cancellation = Cancellation()
    private let state: Mutex<State>

    init(_ body: @escaping @Sendable (Cancellation) throws -> Result) { state = Mutex(State(body: body)) }

    /// Sets who waits for the result.
    func wait(_ continuation: CheckedContinuation<Result, any Error>) {
        let refusal = state.withLock { state in
            if state.refusal == nil { state.continuation = continuation }
            return state.refusal
        }
        if let refusal { continuation.resume(throwing: refusal) }
    }

    /// Returns whether it ran.
    func run() -> Bool {
        guard let body = state.withLock({ $0.body.take() }) else { return false }
        let result = Swift.Result { try body(cancellation) }
        let (continuation, refusal) = state.withLock { ($0.continuation.take(), $0.refusal) }
        // What fails after the cancellation fails because of it.
        continuation?.resume(with: result.mapError { error in refusal ?? error })
        return true
    }

    /// Gives the work up if it has not been done.
    func giveUp(_ refusal: WorkRefusal) {
        let continuation = state.withLock { state -> CheckedContinuation<Result, any Error>? in
            if state.refusal == nil { state.refusal = refusal }
            guard state.body.take() != nil else { return nil }
            return state.continuation.take()
        }
        cancellation.cancel()
        continuation?.resume(throwing: refusal)
    }
}

/// Threads that take work from one queue, until it is closed.
private final class Lane: Sendable {
    private let work = Mutex<[@Sendable () -> Void]>([])
    private let count = DispatchSemaphore(value: 0)
    private let threads: Int

    init(threads: Int, name: String) {
        self.threads = threads
        for number in 1...threads {
            let thread = Thread { [self] in
                // Without work, the lane is closed.
                while let next = next() { next() }
            }
            thread.name = "\(name) \(number)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func next() -> (@Sendable () -> Void)? {
        count.wait()
        return work.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func add(_ piece: @escaping @Sendable () -> Void) {
        work.withLock { $0.append(piece) }
        count.signal()
    }

    func close() { for _ in 0..<threads { count.signal() } }
}
