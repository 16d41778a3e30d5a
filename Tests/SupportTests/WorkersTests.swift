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
}
