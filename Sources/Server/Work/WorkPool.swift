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
    /// - Parameter body: checks the cancellation now and then.
    /// - Throws: `WorkRefusal.full` at once if the queue is full, `.late` if the work was not done in time; the errors of `body`.
    package func run<Result: Sendable>(_ body: @escaping @Sendable (Cancellation) throws -> Result) async throws -> Result {
        let isAccepted = statistics.withLock {
            guard $0.accepted < capacity else { return false }
            $0.accepted += 1
            return true
        }
        guard isAccepted else { throw WorkRefusal.full(retryAfter: retryAfter) }
        let cancellation = Cancellation()
        let alarm = DispatchWorkItem { cancellation.cancel() }
        DispatchQueue.global().asyncAfter(deadline: .now() + time, execute: alarm)
        defer {
            alarm.cancel()
            statistics.withLock { $0.accepted -= 1 }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                recordings.add { [self] in
                    let start = ContinuousClock.now
                    let result = Swift.Result { () throws -> Result in
                        do {
                            try cancellation.check()
                            return try body(cancellation)
                        } catch is Cancelled { throw WorkRefusal.late }
                    }
                    let took = Double((ContinuousClock.now - start) / .seconds(1))
                    statistics.withLock { $0.usualTime += 0.1 * (took - $0.usualTime) }
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            cancellation.cancel()
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
