import Dispatch
import Foundation
import Synchronization

/// Work whose pieces the leading process hands out to the threads of all processes, until none is left.
///
/// The leader's own threads take pieces as they would without other processes. One more thread of the leader serves the others: it sends a
/// piece to each of their threads that is free, and receives the results. A fast process thus gets more pieces than a slow one.
package enum SharedWork {
    /// What the leader has for a free thread.
    package enum Offer: Sendable {
        case piece(number: Int, request: [UInt8])
        /// Nothing now: ask again.
        case later
        /// No more pieces.
        case none
    }

    /// What the leader receives.
    package enum Reply: Sendable {
        /// The result of a piece.
        case result(number: Int, [UInt8])
        /// Something about a piece that is not finished.
        case note([UInt8])
    }

    private enum Kind {
        static let ready: UInt8 = 0
        static let note: UInt8 = 1
        static let result: UInt8 = 2
        static let end: UInt8 = 0
        static let piece: UInt8 = 1
    }

    private struct Slot: Hashable {
        let rank: Int
        let thread: Int
    }

    /// Serves the other processes until `offer` has no more pieces and they have finished.
    ///
    /// - Parameters:
    ///   - offer: called on one thread at a time; must not wait.
    ///   - receive: called on the same thread.
    ///   - meanwhile: the leader's own part of the work, on the calling thread.
    package static func lead(
        _ processes: any ProcessGroup, offer: @escaping @Sendable () -> Offer, receive: @escaping @Sendable (Reply) -> Void,
        meanwhile: () -> Void
    ) {
        guard processes.areSeveral else { return meanwhile() }
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            serve(processes, offer, receive)
            done.signal()
        }
        // As large as that of the main thread, since results are decoded on it.
        thread.stackSize = 8 << 20
        thread.start()
        meanwhile()
        done.wait()
    }

    private static func serve(_ processes: any ProcessGroup, _ offer: () -> Offer, _ receive: (Reply) -> Void) {
        var joined: Set<Int> = []
        var (threads, ended) = (0, 0)
        var free: [Slot] = []
        var pieces: [Slot: Int] = [:]
        while joined.count < processes.count - 1 || ended < threads {
            if let message = processes.receive(tag: nil) {
                let slot = Slot(rank: message.rank, thread: message.bytes.number(at: 1))
                let content = Array(message.bytes.dropFirst(5))
                switch message.bytes[0] {
                case Kind.ready:
                    if joined.insert(slot.rank).inserted { threads += content.number(at: 0) }
                    free.append(slot)
                case Kind.note: receive(.note(content))
                default:
                    if let number = pieces.removeValue(forKey: slot) { receive(.result(number: number, content)) }
                    free.append(slot)
                }
                continue
            }
            if let slot = free.first {
                switch offer() {
                case .piece(let number, let request):
                    pieces[slot] = number
                    processes.send([Kind.piece] + request, to: slot.rank, tag: slot.thread)
                    free.removeFirst()
                    continue
                case .none:
                    processes.send([Kind.end], to: slot.rank, tag: slot.thread)
                    ended += 1
                    free.removeFirst()
                    continue
                case .later: break
                }
            }
            usleep(500)
        }
    }

    /// Works on pieces that the leader sends, until there are no more.
    ///
    /// - Parameter perform: makes the result of a piece; called on several threads. `note` sends something about it to the leader at once.
    package static func follow(
        _ workers: Workers,
        perform: @Sendable (_ request: [UInt8], _ note: @escaping @Sendable ([UInt8]) -> Void) -> [UInt8]
    ) {
        let processes = workers.processes
        workers.forEach(workers.threads) { thread in
            let header = [UInt8](number: thread)
            processes.send([Kind.ready] + header + [UInt8](number: workers.threads), to: 0, tag: thread)
            while true {
                guard let message = processes.receive(tag: thread) else {
                    usleep(200)
                    continue
                }
                guard message.bytes[0] == Kind.piece else { return }
                let result = perform(Array(message.bytes.dropFirst())) { processes.send([Kind.note] + header + $0, to: 0, tag: thread) }
                processes.send([Kind.result] + header + result, to: 0, tag: thread)
            }
        }
    }

    /// The leader's `Workers.map` over pieces that all processes share.
    ///
    /// - Parameters:
    ///   - count: the number of pieces; the request for one is its number, as four bytes.
    ///   - local: makes the result of a piece here.
    ///   - remote: makes it of what another process sent.
    ///   - note: called with what another process sent about a piece that it works on.
    /// - Throws: the error of the lowest-numbered piece that fails.
    package static func map<Result: Sendable>(
        _ count: Int, _ workers: Workers, local: @Sendable (Int) throws -> Result,
        remote: @escaping @Sendable (Int, [UInt8]) throws -> Result, note: @escaping @Sendable ([UInt8]) -> Void
    ) throws -> [Result] {
        let board = Board<Result>(count)
        lead(workers.processes) {
            board.next().map { .piece(number: $0, request: [UInt8](number: $0)) } ?? .none
        } receive: { reply in
            switch reply {
            case .note(let bytes): note(bytes)
            case .result(let number, let bytes): board.keep(Swift.Result { try remote(number, bytes) }, number)
            }
        } meanwhile: {
            workers.forEach(workers.threads) { _ in
                while let number = board.next() { board.keep(Swift.Result { try local(number) }, number) }
            }
        }
        return try board.results()
    }

    /// The pieces of a map.
    private final class Board<Result: Sendable>: Sendable {
        private struct State {
            var next = 0
            var hasFailed = false
            var results: [Swift.Result<Result, any Error>?]
        }

        private let state: Mutex<State>

        init(_ count: Int) { state = Mutex(State(results: [Swift.Result<Result, any Error>?](repeating: nil, count: count))) }

        /// A piece that nobody has; nil if there is none, and after an error. Pieces are given in order, so those below a failed one have been.
        func next() -> Int? {
            state.withLock { state in
                guard !state.hasFailed, state.next < state.results.count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func keep(_ result: Swift.Result<Result, any Error>, _ number: Int) {
            state.withLock {
                $0.results[number] = result
                if case .failure = result { $0.hasFailed = true }
            }
        }

        func results() throws -> [Result] { try state.withLock { $0.results }.compactMap { try $0?.get() } }
    }
}

extension [UInt8] {
    /// A number below 2³² as four bytes.
    package init(number: Int) { self = Swift.withUnsafeBytes(of: UInt32(number).littleEndian) { Self($0) } }

    /// The number of four bytes.
    package func number(at start: Int) -> Int {
        withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt32.self))) }
    }
}
