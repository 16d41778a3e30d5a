import StimmungSupport
import Synchronization

/// Neighbours of a stream of inputs, the work of one thread.
struct BatchGroup: Sendable {
    /// The position of the group's first input in the stream.
    let start: Int
    let inputs: [BatchInput]
}

/// Divides a stream of inputs into groups of neighbours, one thread's work at a time.
///
/// At most one group per thread is read ahead, so that memory does not grow with the number of inputs.
struct BatchGroups<Inputs: IteratorProtocol<BatchInput>> {
    /// Limit of a group in bytes: many short recordings, which are faster as one batch, or a single long one, so that other threads get the rest.
    private static var groupBytes: Int { 8_000_000 }

    private var inputs: Inputs
    private let threads: Int
    private var ahead: [BatchInput] = []
    /// Largest group once the end of the stream is in sight: the rest is shared evenly among the threads.
    private var share: Int?
    private var given = 0

    init(_ inputs: Inputs, threads: Int) {
        self.inputs = inputs
        self.threads = threads
    }

    /// The next group; nil at the end.
    mutating func next() -> BatchGroup? {
        while share == nil, ahead.count < Recogniser.groupSize * threads {
            if let input = inputs.next() { ahead.append(input) } else { share = max(1, (ahead.count + threads - 1) / threads) }
        }
        guard !ahead.isEmpty else { return nil }
        let largest = min(share ?? Recogniser.groupSize, ahead.count)
        var (count, bytes) = (0, 0)
        while count < largest {
            // A file that cannot be read fails when it is opened, at no cost.
            bytes += ahead[count].recording.flatMap { FileStatus(path: $0.path) }?.size ?? 0
            if count > 0, bytes > Self.groupBytes { break }
            count += 1
        }
        defer {
            ahead.removeFirst(count)
            given += count
        }
        return BatchGroup(start: given, inputs: Array(ahead[..<count]))
    }
}

/// The groups of a batch, for any thread.
final class SharedGroups<Inputs: Sequence<BatchInput> & Sendable>: Sendable {
    private let groups: Mutex<BatchGroups<Inputs.Iterator>>

    init(_ inputs: Inputs, threads: Int) { groups = Mutex(BatchGroups(inputs.makeIterator(), threads: threads)) }

    /// The next group; nil at the end.
    func next() -> BatchGroup? { groups.withLock { $0.next() } }
}
