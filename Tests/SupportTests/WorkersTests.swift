import Foundation
import StimmungSupport
import Synchronization
import Testing

struct WorkersTests {
    @Test(arguments: [1, 2, 5]) func everyPieceOnceAndInOrder(threads: Int) {
        #expect(Workers(threads: threads).map(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
    }

    @Test func theFirstErrorByNumberIsThrown() {
        struct Failure: Error, Equatable { let piece: Int }
        #expect(throws: Failure(piece: 3)) {
            try Workers(threads: 2).map(10) { (piece) throws(Failure) -> Int in
                if piece >= 3 { throw Failure(piece: piece) }
                return piece
            }
        }
    }

    @Test func everyInnerPieceOnceOnAnyThread() {
        let workers = Workers(threads: 3)
        for _ in 0..<200 {
            let sums = workers.map(4) { outer in workers.map(20 * outer) { $0 }.reduce(0, +) }
            #expect(sums == (0..<4).map { 10 * $0 * (20 * $0 - 1) })
        }
    }

    /// Whichever thread has no piece left, the caller's or a helper's, works on the pieces of the other's inner work.
    @Test(arguments: [0, 1]) func innerWorkRunsOnIdleThreads(long: Int) {
        let workers = Workers(threads: 2)
        let isParallel = Atomic(false)
        workers.forEach(2) { outer in
            guard outer == long else { return }
            let deadline = ContinuousClock.now + .seconds(60)
            // The other thread is idle a moment after it returns.
            while !isParallel.load(ordering: .relaxed), ContinuousClock.now < deadline {
                let running = Atomic(0)
                workers.forEach(2) { _ in
                    running.add(1, ordering: .relaxed)
                    let end = ContinuousClock.now + .milliseconds(20)
                    while ContinuousClock.now < end, !isParallel.load(ordering: .relaxed) {
                        if running.load(ordering: .relaxed) == 2 { isParallel.store(true, ordering: .relaxed) }
                    }
                    running.subtract(1, ordering: .relaxed)
                }
            }
        }
        let result = isParallel.load(ordering: .relaxed)
        #expect(result)
    }
}
