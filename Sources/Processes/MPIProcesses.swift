#if MPI
import CStimmungMPI
import Foundation
import StimmungSupport
import Synchronization

/// The processes of an MPI job.
///
/// MPI is called by one thread at a time (`MPI_THREAD_SERIALIZED`), under a lock that is never held while waiting: every function starts an
/// operation and then asks for its end. One thread can thus receive messages while another waits for a sum.
///
/// An error of MPI ends the job, which is MPI's default: a process that has lost another cannot continue.
///
/// Unchecked: the communicators are used under the lock only.
final class MPIProcesses: JoinedProcesses, @unchecked Sendable {
    private var world: stimmung_mpi_world
    private let calls = Mutex(())
    private let sent = Mutex(ProcessTraffic())

    let rank: Int
    let count: Int

    init() throws(LaunchError) {
        var world = stimmung_mpi_world()
        let status = stimmung_mpi_begin(&world)
        guard status == 0 else { throw .mpi(function: "MPI_Init_thread", status: Int(status)) }
        self.world = world
        rank = Int(world.rank)
        count = Int(world.count)
    }

    var traffic: ProcessTraffic { sent.withLock { $0 } }

    func gather(_ own: [UInt8]) -> [[UInt8]] {
        var size = Int64(own.count)
        var sizes = [Int64](repeating: 0, count: count)
        sizes.withUnsafeMutableBufferPointer { sizes in
            withUnsafePointer(to: &size) { size in complete { stimmung_mpi_gather_number(&world, size, sizes.baseAddress, $0) } }
        }
        let all = sizes.map { Int($0) }
        // MPI counts with 32 bits, so the bytes travel in rounds.
        let largest = Self.mostGathered / count
        var gathered = all.map { size in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(size)
            return bytes
        }
        for start in stride(from: 0, to: all.max() ?? 0, by: largest) {
            let part = own[min(start, own.count)..<min(start + largest, own.count)]
            let counts = all.map { Self.number(min(max($0 - start, 0), largest)) }
            let round = gatherRound(part, counts)
            for (rank, first) in Self.starts(of: counts).enumerated() { gathered[rank] += round[Int(first)..<Int(first + counts[rank])] }
        }
        return gathered
    }

    /// The most bytes of all processes together in a round of `gather`.
    private static let mostGathered = 1 << 30

    private func gatherRound(_ own: ArraySlice<UInt8>, _ counts: [Int32]) -> [UInt8] {
        let total = counts.reduce(0) { $0 + Int($1) }
        return [UInt8](unsafeUninitializedCapacity: max(1, total)) { all, filled in
            own.withUnsafeBytes { own in
                Self.withPointers(counts, Self.starts(of: counts)) { counts, starts in
                    complete { stimmung_mpi_gather_bytes(&world, own.baseAddress, all.baseAddress, counts, starts, $0) }
                }
            }
            filled = total
        }
    }

    func exchange(_ outgoing: [Float], counts: [Int], into incoming: inout [Float], incomingCounts: [Int]) {
        let (sentCounts, receivedCounts) = (counts.map(Self.number), incomingCounts.map(Self.number))
        precondition(outgoing.count == counts.reduce(0, +) && incoming.count >= incomingCounts.reduce(0, +), "stretches of other arrays")
        Self.withPointers(sentCounts, Self.starts(of: sentCounts)) { sentCounts, sentStarts in
            Self.withPointers(receivedCounts, Self.starts(of: receivedCounts)) { receivedCounts, receivedStarts in
                outgoing.withUnsafeBufferPointer { outgoing in
                    incoming.withUnsafeMutableBufferPointer { incoming in
                        complete {
                            stimmung_mpi_exchange(
                                &world, outgoing.baseAddress, stimmung_mpi_division(counts: sentCounts, starts: sentStarts),
                                incoming.baseAddress, stimmung_mpi_division(counts: receivedCounts, starts: receivedStarts), $0)
                        }
                    }
                }
            }
        }
        sent.withLock {
            $0.sums += 1
            $0.bytes += (outgoing.count - counts[rank]) * MemoryLayout<Float>.size
        }
    }

    func completeSegments(_ values: inout [Float], counts: [Int]) {
        let sizes = counts.map(Self.number)
        precondition(values.count == counts.reduce(0, +), "segments of another array")
        values.withUnsafeMutableBufferPointer { values in
            Self.withPointers(sizes, Self.starts(of: sizes)) { sizes, starts in
                complete { stimmung_mpi_gather_segments(&world, values.baseAddress, sizes, starts, $0) }
            }
        }
        sent.withLock { $0.bytes += counts[rank] * (count - 1) * MemoryLayout<Float>.size }
    }

    func send(_ bytes: [UInt8], to rank: Int, tag: Int) {
        bytes.withUnsafeBytes { bytes in
            complete { stimmung_mpi_send(&world, bytes.baseAddress, Self.number(bytes.count), Int32(rank), Int32(tag), $0) }
        }
    }

    func receive(tag: Int?) -> ProcessMessage? {
        var message = stimmung_mpi_message()
        var found: Int32 = 0
        calls.withLock { _ in Self.check(stimmung_mpi_probe(&world, tag.map { Int32($0) } ?? -1, &found, &message)) }
        guard found != 0 else { return nil }
        let count = Int(message.bytes)
        let bytes = [UInt8](unsafeUninitializedCapacity: max(1, count)) { bytes, filled in
            complete { stimmung_mpi_receive(&message, bytes.baseAddress, $0) }
            filled = count
        }
        return ProcessMessage(rank: Int(message.rank), bytes: bytes)
    }

    func meet(within limit: Duration?) -> Bool {
        let end = limit.map { ContinuousClock.now + $0 }
        return wait(until: end) { stimmung_mpi_meet(&world, $0) }
    }

    func leave() { calls.withLock { _ in Self.check(stimmung_mpi_end()) } }

    func abort(status: Int32) -> Never {
        calls.withLock { _ in stimmung_mpi_abort(status) }
        exit(status)
    }

    private func complete(_ start: (UnsafeMutablePointer<stimmung_mpi_request>) -> Int32) { _ = wait(until: nil, start) }

    /// Starts an operation and waits until it is complete.
    ///
    /// - Parameter end: when to give up; nil for never.
    /// - Returns: whether it is complete.
    private func wait(until end: ContinuousClock.Instant?, _ start: (UnsafeMutablePointer<stimmung_mpi_request>) -> Int32) -> Bool {
        var request = stimmung_mpi_request()
        return withUnsafeMutablePointer(to: &request) { request in
            calls.withLock { _ in Self.check(start(request)) }
            var turns = 0
            while true {
                var done: Int32 = 0
                calls.withLock { _ in Self.check(stimmung_mpi_test(request, &done)) }
                if done != 0 { return true }
                if let end, ContinuousClock.now > end { return false }
                // Short waits, such as those between training steps, must not cost a sleep; long ones must not cost a processor.
                turns += 1
                if turns < Self.busyTurns { sched_yield() } else { usleep(100) }
            }
        }
    }

    /// About a millisecond.
    private static let busyTurns = 2000

    /// MPI ends the job itself, unless its error handler is another.
    private static func check(_ status: Int32) { precondition(status == 0, "MPI failed with status \(status)") }

    /// A number of elements; MPI counts with 32 bits.
    private static func number(_ count: Int) -> Int32 {
        precondition(count <= Int32.max, "\(count) elements are too many for one message")
        return Int32(count)
    }

    /// Where each of consecutive stretches starts.
    private static func starts(of counts: [Int32]) -> [Int32] {
        var start: Int32 = 0
        return counts.map { count in
            defer { start += count }
            return start
        }
    }

    private static func withPointers(
        _ a: [Int32], _ b: [Int32], _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Void
    ) {
        a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in body(a.baseAddress, b.baseAddress) } }
    }
}
#endif
