import StimmungSupport
import Synchronization
import Testing

struct DeferredTests {
    @Test func theValueIsMadeOnceWhenItIsNeeded() {
        let counter = Counter()
        let value = Deferred { counter.next() }
        #expect(counter.count == 0)
        let values = Workers(threads: 4).map(100) { _ in value.value }
        #expect(values.allSatisfy { $0 == 1 } && value.value == 1 && counter.count == 1)
    }

    @Test func equalValuesAreEqual() {
        #expect(Deferred { 3 } == Deferred(3) && Deferred { 3 } != Deferred { 4 })
    }
}

private final class Counter: Sendable {
    private let calls = Mutex(0)

    var count: Int { calls.withLock { $0 } }

    func next() -> Int {
        calls.withLock {
            $0 += 1
            return $0
        }
    }
}
