import Dispatch
import Foundation
import Synchronization

/// The threads that a number of workers may use and do not.
final class IdleThreads: Sendable {
    private let count: Atomic<Int>

    init(_ count: Int) { self.count = Atomic(count) }

    /// Takes idle threads; returns how many.
    func take(atMost wanted: Int) -> Int {
        var idle = count.load(ordering: .relaxed)
        while true {
            let taken = min(wanted, idle)
            guard taken > 0 else { return 0 }
            let (exchanged, original) = count.weakCompareExchange(expected: idle, desired: idle - taken, ordering: .relaxed)
            if exchanged { return taken }
            idle = original
        }
    }

    func give(_ number: Int = 1) { count.add(number, ordering: .relaxed) }

    /// Takes back the thread that a caller gave while it waited. The count is below 0 for as long as another team uses it.
    func retake() { count.subtract(1, ordering: .relaxed) }
}

/// Several threads on the same pieces of work: the caller's and helpers.
///
/// `DispatchQueue.concurrentPerform` divides the processors by its callers' iterations when calls are nested, and so would run the inner work on one
/// thread: an evaluation with one fold, on two processors, trained on one of them.
final class ThreadTeam: Sendable {
    private let next: Atomic<Int>
    private let end: Int
    /// nil when all calls have returned, since the caller's function must not outlive it.
    private let body: Mutex<(@Sendable (Int) -> Void)?>
    private let idle: IdleThreads
    /// Helpers that are called and have not finished.
    private let helping = DispatchGroup()

    private init(_ pieces: Range<Int>, _ idle: IdleThreads, _ body: @escaping @Sendable (Int) -> Void) {
        next = Atomic(pieces.lowerBound)
        end = pieces.upperBound
        self.body = Mutex(body)
        self.idle = idle
    }

    /// Calls `body` for every piece, and returns when all calls have returned.
    ///
    /// Each thread is given back as soon as there is no piece left for it, the caller's for as long as it waits.
    ///
    /// - Parameter helpers: threads taken from `idle`.
    static func run(_ pieces: Range<Int>, helpers: Int, _ idle: IdleThreads, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let team = ThreadTeam(pieces, idle, body)
            let called = (0..<helpers).map { _ in
                team.helping.enter()
                return Helper.call(for: team)
            }
            team.work()
            // On a busy machine, a helper may not have started yet.
            let late = called.count { $0.dismiss(from: team) }
            for _ in 0..<late { team.helping.leave() }
            idle.give(late + 1)
            team.helping.wait()
            idle.retake()
            team.body.withLock { $0 = nil }
        }
    }

    /// Works until no piece is left.
    private func work() {
        guard let body = body.withLock({ $0 }) else { return }
        while true {
            let piece = next.add(1, ordering: .relaxed).oldValue
            guard piece < end else { return }
            body(piece)
        }
    }

    /// The work of a helper.
    ///
    /// - Parameter done: called when there is no piece left for it, before the caller can return.
    fileprivate func help(done: () -> Void) {
        work()
        done()
        idle.give()
        helping.leave()
    }
}

/// A thread that helps one team after another, and waits in between: a start takes longer than some pieces.
///
/// The threads of libdispatch are no more than the processors. Where they run Swift's tasks, and one of these is the caller, none is left to help it.
private final class Helper: Sendable {
    private static let waiting = Mutex<[Helper]>([])

    private let wake = DispatchSemaphore(value: 0)
    private let team = Mutex<ThreadTeam?>(nil)

    static func call(for team: ThreadTeam) -> Helper {
        let helper = waiting.withLock { $0.popLast() } ?? Helper()
        helper.team.withLock { $0 = team }
        helper.wake.signal()
        return helper
    }

    /// Makes a helper that has not started available to other teams; false if it has started.
    func dismiss(from caller: ThreadTeam) -> Bool {
        let isLate = team.withLock { team in
            guard team === caller else { return false }
            team = nil
            return true
        }
        if isLate { Self.waiting.withLock { $0.append(self) } }
        return isLate
    }

    private init() {
        let thread = Thread { self.serve() }
        // As large as that of the main thread.
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func serve() -> Never {
        while true {
            wake.wait()
            let called = team.withLock { team in
                defer { team = nil }
                return team
            }
            // nil after a dismissal.
            called?.help { Self.waiting.withLock { $0.append(self) } }
        }
    }
}
