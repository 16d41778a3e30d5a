import StimmungSupport
import StimmungTestSupport
import Synchronization
import Testing

struct ProcessGroupTests {
    @Test(arguments: [1, 2, 3], [0, 1, 7]) func sharesAreInterleavedAgain(count: Int, total: Int) throws {
        let results = try ThreadProcesses.run(count) { processes in
            let own = processes.share(of: total)
            return (
                numbers: try processes.interleaved(own.map { $0 * $0 }, of: total),
                texts: try processes.interleaved(own.map { $0 == 4 ? nil : [UInt8](repeating: 1, count: $0) }, of: total)
            )
        }
        for result in results {
            #expect(result.numbers == (0..<total).map { $0 * $0 })
            #expect(result.texts == (0..<total).map { $0 == 4 ? nil : [UInt8](repeating: 1, count: $0) })
        }
    }

    @Test func allProcessesGetTheLeadersValueAndOneCancellation() throws {
        let results = try ThreadProcesses.run(3) { processes in
            var workers = Workers(threads: 1)
            workers.processes = processes
            let cancellation = Cancellation()
            try workers.check(cancellation)
            if processes.rank == 1 { cancellation.cancel() }
            let isCancelled = (try? workers.check(cancellation)) == nil
            return (try processes.leadersValue([processes.rank, 5]), isCancelled)
        }
        #expect(results.allSatisfy { $0.0 == [0, 5] && $0.1 })
    }

    /// Work of other sizes than expected, as after an error of one process, must not be read.
    @Test func otherSizesAreADisagreement() throws {
        let errors = try ThreadProcesses.run(3) { processes in
            let own = processes.rank == 1 ? [1] : processes.share(of: 6)
            return #expect(throws: ProcessDisagreement.self) { try processes.interleaved(own, of: 6) }
        }
        #expect(errors.allSatisfy { $0?.process == 1 })
    }

    @Test func theErrorOfOneProcessIsThrownByAll() throws {
        let errors = try ThreadProcesses.run(3) { processes in
            let rank = try processes.together { processes.rank }
            #expect(rank == processes.rank)
            let cancelled = #expect(throws: Cancelled.self) {
                try processes.together { if processes.rank == 1 { throw Cancelled() } }
            }
            #expect(throws: ProcessDisagreement.self) {
                try processes.together { try processes.agree(on: "the rank", "\(processes.rank)") }
            }
            // What all processes have stays the error that it is.
            #expect(throws: Failure.self) { try processes.together { throw Failure() } }
            let one = #expect(throws: RemoteFailure.self) { try processes.together { if processes.rank > 0 { throw Failure() } } }
            return (cancelled, one)
        }
        #expect(errors.allSatisfy { $0.0 != nil && $0.1 == RemoteFailure(Failure()) })
    }

    private struct Failure: Error, CustomStringConvertible {
        let description = "no room"
    }

    @Test func disagreementIsAnErrorOfAllProcesses() throws {
        let errors = try ThreadProcesses.run(3) { processes in
            try processes.agree(on: "nothing", "same")
            return #expect(throws: ProcessDisagreement.self) { try processes.agree(on: "the rank", "\(processes.rank / 2)") }
        }
        #expect(errors.allSatisfy { $0?.process == 2 && $0?.description.contains("the rank") == true })
    }

    /// Every piece is done once, by whichever process, and its result is in its place.
    @Test(arguments: [1, 2, 4], [0, 1, 50]) func sharedWorkIsDoneOnceAndInOrder(count: Int, pieces: Int) throws {
        let done = Mutex([Int: Int]())
        let notes = Mutex(0)
        let results = try ThreadProcesses.run(count) { processes in
            var workers = Workers(threads: 2)
            workers.processes = processes
            guard processes.leads else {
                SharedWork.follow(workers) { request, note in
                    let piece = request.number(at: 0)
                    done.withLock { $0[piece, default: 0] += 1 }
                    note([UInt8](number: 3))
                    return [UInt8](number: piece * piece)
                }
                return [Int]()
            }
            return try SharedWork.map(pieces, workers) { piece in
                done.withLock { $0[piece, default: 0] += 1 }
                notes.withLock { $0 += 3 }
                return piece * piece
            } remote: { _, bytes in
                bytes.number(at: 0)
            } note: { bytes in
                notes.withLock { $0 += bytes.number(at: 0) }
            }
        }
        #expect(results[0] == (0..<pieces).map { $0 * $0 })
        #expect(done.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<pieces).map { ($0, 1) }))
        #expect(notes.withLock { $0 } == 3 * pieces)
    }

    @Test func theLowestFailedPieceOfSharedWorkIsThrown() throws {
        struct Failure: Error, Equatable { let piece: Int }
        let errors = try ThreadProcesses.run(3) { processes in
            var workers = Workers(threads: 1)
            workers.processes = processes
            guard processes.leads else {
                SharedWork.follow(workers) { request, _ in request }
                return Failure?.none
            }
            return #expect(throws: Failure.self) {
                try SharedWork.map(40, workers) { piece in
                    if piece >= 5 { throw Failure(piece: piece) }
                } remote: { piece, _ in
                    if piece >= 5 { throw Failure(piece: piece) }
                } note: { _ in
                }
            }
        }
        #expect(errors[0]?.piece == 5)
    }
}
