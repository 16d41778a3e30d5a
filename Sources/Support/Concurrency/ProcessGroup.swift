/// The processes that work on one command together: a single one, or all that `mpirun` started.
///
///     let sums = processes.interleaved(own, of: count)
///
/// Every process runs the same command with the same options. Process 0 leads: it alone prints, and it alone writes checkpoints, journals
/// and models. A function marked *collective* returns when every process has called it; all processes call collective functions in the same
/// order, each from one thread at a time. Messages are sent and received by any thread.
package protocol ProcessGroup: Sendable {
    /// The number of this process, from 0.
    var rank: Int { get }
    /// The number of processes.
    var count: Int { get }
    /// The sums over processes so far.
    var traffic: ProcessTraffic { get }

    /// Collective: the bytes of every process, in the order of the processes.
    func gather(_ own: [UInt8]) -> [[UInt8]]

    /// Collective: sends consecutive stretches of `outgoing` to the processes, one each, and receives theirs into `incoming`.
    ///
    /// - Parameters:
    ///   - counts: the number of values for each process.
    ///   - incomingCounts: the number of values from each process; `incoming` has room for them.
    func exchange(_ outgoing: [Float], counts: [Int], into incoming: inout [Float], incomingCounts: [Int])

    /// Collective: completes `values`, of which each process has its own segment; the segments follow one another.
    func completeSegments(_ values: inout [Float], counts: [Int])

    /// Sends bytes to another process.
    func send(_ bytes: [UInt8], to rank: Int, tag: Int)

    /// A message that has arrived; nil if there is none.
    ///
    /// - Parameter tag: the tag of the message; nil for any.
    func receive(tag: Int?) -> ProcessMessage?
}

/// Bytes from another process.
package struct ProcessMessage: Sendable {
    package let rank: Int
    package let bytes: [UInt8]

    package init(rank: Int, bytes: [UInt8]) {
        self.rank = rank
        self.bytes = bytes
    }
}

/// What one process has sent for sums over all processes.
package struct ProcessTraffic: Sendable, Equatable {
    /// The number of sums, one per training step.
    package var sums = 0
    /// Bytes sent for them, without the overhead of the transport.
    package var bytes = 0

    package init() {}
}

/// A process by itself.
package struct SingleProcess: ProcessGroup {
    package let rank = 0
    package let count = 1
    package let traffic = ProcessTraffic()

    package init() {}

    package func gather(_ own: [UInt8]) -> [[UInt8]] { [own] }
    package func exchange(_ outgoing: [Float], counts: [Int], into incoming: inout [Float], incomingCounts: [Int]) { incoming = outgoing }
    package func completeSegments(_ values: inout [Float], counts: [Int]) {}
    package func send(_ bytes: [UInt8], to rank: Int, tag: Int) { preconditionFailure("a process by itself has nobody to write to") }
    package func receive(tag: Int?) -> ProcessMessage? { nil }
}
