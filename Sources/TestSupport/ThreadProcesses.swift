import Foundation
import StimmungSupport
import Synchronization

/// Processes that are threads of one process, so that what several processes share is tested without a launcher.
package enum ThreadProcesses {
    /// Runs `body` in `count` processes, and returns the results in the order of the processes.
    package static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (any ProcessGroup) throws -> Value
    ) throws -> [Value] {
        let place = MeetingPlace(count)
        let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
        let group = DispatchGroup()
        for rank in 0..<count {
            group.enter()
            let thread = Thread {
                let result = Result { try body(ThreadProcess(rank: rank, place: place)) }
                results.withLock { $0[rank] = result }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return try results.withLock { $0 }.compactMap { try $0?.get() }
    }
}

/// What one process brings to a collective function.
private enum Contribution: Sendable {
    case bytes([UInt8])
    case stretches([[Float]])
}

/// Where the processes exchange what they bring and send.
private final class MeetingPlace: @unchecked Sendable {
    let count: Int
    private let condition = NSCondition()
    private var brought: [Int: Contribution] = [:]
    private var all: [Contribution] = []
    private var left = 0
    private var messages: [Int: [(tag: Int, message: ProcessMessage)]] = [:]

    init(_ count: Int) { self.count = count }

    /// Waits until all processes have brought something, and returns it in their order.
    func meet(_ rank: Int, _ contribution: Contribution) -> [Contribution] {
        condition.lock()
        defer { condition.unlock() }
        // Some may still be in the meeting before.
        while left > 0 { condition.wait() }
        brought[rank] = contribution
        if brought.count == count {
            all = (0..<count).compactMap { brought[$0] }
            brought = [:]
            left = count
            condition.broadcast()
        }
        while left == 0 { condition.wait() }
        left -= 1
        condition.broadcast()
        return all
    }

    func send(_ message: ProcessMessage, to rank: Int, tag: Int) {
        condition.lock()
        defer { condition.unlock() }
        messages[rank, default: []].append((tag, message))
    }

    func receive(_ rank: Int, tag: Int?) -> ProcessMessage? {
        condition.lock()
        defer { condition.unlock() }
        guard let index = messages[rank]?.firstIndex(where: { tag == nil || $0.tag == tag }) else { return nil }
        return messages[rank]?.remove(at: index).message
    }
}

private struct ThreadProcess: ProcessGroup {
    let rank: Int
    let place: MeetingPlace
    let traffic = ProcessTraffic()

    var count: Int { place.count }

    func gather(_ own: [UInt8]) -> [[UInt8]] {
        place.meet(rank, .bytes(own)).map { if case .bytes(let bytes) = $0 { bytes } else { [] } }
    }

    func exchange(_ outgoing: [Float], counts: [Int], into incoming: inout [Float], incomingCounts: [Int]) {
        let received = stretches(outgoing, counts).map { $0[rank] }
        precondition(received.map(\.count) == incomingCounts, "another number of values than expected")
        incoming = received.flatMap(\.self)
    }

    func completeSegments(_ values: inout [Float], counts: [Int]) {
        values = stretches(values, counts).enumerated().flatMap { $1[$0] }
    }

    private func stretches(_ values: [Float], _ counts: [Int]) -> [[[Float]]] {
        var rest = values[...]
        let own = counts.map { count in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        return place.meet(rank, .stretches(own)).map { if case .stretches(let stretches) = $0 { stretches } else { [] } }
    }

    func send(_ bytes: [UInt8], to rank: Int, tag: Int) { place.send(ProcessMessage(rank: self.rank, bytes: bytes), to: rank, tag: tag) }

    func receive(tag: Int?) -> ProcessMessage? { place.receive(rank, tag: tag) }
}
