import Foundation
import Synchronization

/// Distributes independent pieces of work over threads.
///
/// Pieces are numbered, and each writes only its own results, so results do not depend on the number of threads.
///
/// Copies share their threads, and pieces can divide work in turn: such inner work runs on its own thread and on those that are idle. The last
/// fold of an evaluation thus uses all threads for each of its training steps.
public struct Workers: Sendable {
    /// The largest number of pieces in progress at a time.
    public let threads: Int
    /// The processes that share work which is divided over several; all other work is this process's own.
    package var processes: any ProcessGroup = SingleProcess()
    /// The threads that no copy uses.
    private let idle: IdleThreads

    /// Workers with the given number of threads.
    ///
    /// - Parameter threads: at least 1; nil for one thread per processor available to this process.
    public init(threads: Int? = nil) {
        self.threads = max(1, threads ?? Workers.processors)
        idle = IdleThreads(self.threads - 1)
    }

    /// The number of processors available to this process.
    public static var processors: Int {
        ProcessInfo.processInfo.activeProcessorCount
    }

    /// The same threads without the other processes.
    package var alone: Workers {
        var own = self
        own.processes = SingleProcess()
        return own
    }

    /// Calls `body` for every number below `count`, in parallel, and returns when all calls have returned.
    package func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        var first = 0
        while first < count {
            let helpers = idle.take(atMost: count - first - 1)
            if helpers > 0 { return ThreadTeam.run(first..<count, helpers: helpers, idle, body) }
            body(first)
            first += 1
        }
    }

    /// The results of `body` for every number below `count`, in order. After an error, no later piece is started.
    ///
    /// - Throws: the error of the lowest-numbered piece that fails.
    package func map<Result: Sendable, Failure: Error>(
        _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let results = Mutex([Swift.Result<Result, Failure>?](repeating: nil, count: count))
        let lowestFailure = Atomic<Int>(.max)
        forEach(count) { piece in
            // Pieces below a failure still run, so that the error thrown does not depend on the threads.
            guard piece < lowestFailure.load(ordering: .relaxed) else { return }
            let result: Swift.Result<Result, Failure>
            do throws(Failure) { result = .success(try body(piece)) } catch {
                lowestFailure.min(piece, ordering: .relaxed)
                result = .failure(error)
            }
            results.withLock { $0[piece] = result }
        }
        let all = results.withLock { $0 }
        for case .failure(let error)? in all { throw error }
        var values: [Result] = []
        values.reserveCapacity(count)
        for case .success(let value)? in all { values.append(value) }
        return values
    }
}

extension Array {
    /// The elements in groups of `size`; the last may be smaller. For work whose results would need too much memory for all elements at
    /// once.
    package func groups(of size: Int) -> [Self] {
        precondition(size > 0, "groups of \(size)")
        return stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
