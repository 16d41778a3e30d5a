import Dispatch
import Foundation
import Synchronization

/// Divides independent pieces of work over threads.
///
/// Pieces are numbered and each writes only what belongs to its number, so a result does not depend on how many threads there are.
public struct Workers: Sendable {
    /// At most so many pieces are worked on at a time.
    public let threads: Int

    /// - Parameter threads: at least 1; nil takes one for each processor that this process may use.
    public init(threads: Int? = nil) {
        self.threads = max(1, threads ?? Workers.processors)
    }

    /// The number of processors that the system offers this process.
    public static var processors: Int {
        ProcessInfo.processInfo.activeProcessorCount
    }

    /// Calls `body` for every number below `count`, side by side, and returns when all have returned.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard threads > 1, count > 1 else {
            Product.useOneThread()
            for piece in 0..<count { body(piece) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            Product.useOneThread()
            while true {
                let piece = next.add(1, ordering: .relaxed).oldValue
                guard piece < count else { return }
                body(piece)
            }
        }
    }

    /// The results of `body` for every number below `count`, in order. The first error, by number, is thrown after all have ended.
    public func map<Result: Sendable, Failure: Error>(
        _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let results = Mutex([Swift.Result<Result, Failure>?](repeating: nil, count: count))
        forEach(count) { piece in
            let result: Swift.Result<Result, Failure>
            do throws(Failure) { result = .success(try body(piece)) } catch { result = .failure(error) }
            results.withLock { $0[piece] = result }
        }
        var values: [Result] = []
        values.reserveCapacity(count)
        for case let result? in results.withLock({ $0 }) { values.append(try result.get()) }
        return values
    }
}
