import Synchronization

/// Working memories of one network, each lent to one worker at a time and kept for the next.
///
/// A memory for 4096 rows of an LSTM with 128 cells is 15 MB. To get it anew from the system for every batch took a quarter of the time in
/// which a corpus was recognised.
package final class NetworkMemories: Sendable {
    private let free = Mutex<[Lent]>([])

    package init() {}

    /// Unchecked, since a memory is either in `free` or with the one worker that took it out.
    private struct Lent: @unchecked Sendable {
        let memory: NetworkMemory
    }

    /// Calls `body` with a memory of `network`, which must always be the same one.
    package func withMemory<Result>(of network: Network, _ body: (NetworkMemory) throws -> Result) rethrows -> Result {
        let lent = free.withLock { $0.popLast() } ?? Lent(memory: network.makeMemory())
        defer { free.withLock { $0.append(lent) } }
        return try body(lent.memory)
    }
}
