import StimmungSupport
import StimmungTensors

extension Network {
    /// Largest number of sequences, and of rows, per batch; a sequence with more rows is a batch of its own. Larger batches only need more
    /// memory: 4096 rows with 128 cells need 15 MB.
    private static let inferenceBatch = 16
    private static let inferenceRows = 4096

    /// log softmax of the output for each frame of each sequence, `T × outputs` for T frames, in the given order.
    ///
    /// - Parameter memories: working memories of this network, to reuse over several calls.
    package func logPosteriors(of sequences: [Matrix], workers: Workers, memories: NetworkMemories = NetworkMemories()) -> [Matrix] {
        outputs(of: sequences.map(\.rows), workers, memories, read: { sequences[$0] }) { LogSoftmax.apply(&$0) }
    }

    /// The same for sequences outside memory, read one batch at a time.
    ///
    /// - Throws: `FrameError.cannotRead` if frames cannot be read back.
    package func logPosteriors(
        of sequences: [any FrameSource], workers: Workers, memories: NetworkMemories = NetworkMemories()
    ) throws(FrameError) -> [Matrix] {
        try outputs(of: sequences.map(\.rows), workers, memories, read: { (n) throws(FrameError) in try sequences[n].frames() }) {
            LogSoftmax.apply(&$0)
        }
    }

    /// The output for each frame of each sequence, `T × outputs` for T frames, in the given order.
    package func outputs(of sequences: [Matrix], workers: Workers) -> [Matrix] {
        outputs(of: sequences.map(\.rows), workers, NetworkMemories(), read: { sequences[$0] }) { _ in }
    }

    /// The same for sequences outside memory, read one batch at a time.
    ///
    /// - Throws: `FrameError.cannotRead` if frames cannot be read back.
    package func outputs(of sequences: [any FrameSource], workers: Workers) throws(FrameError) -> [Matrix] {
        try outputs(
            of: sequences.map(\.rows), workers, NetworkMemories(), read: { (n) throws(FrameError) in try sequences[n].frames() }
        ) { _ in }
    }

    private func outputs<Failure: Error>(
        of lengths: [Int], _ workers: Workers, _ memories: NetworkMemories, read: @Sendable (Int) throws(Failure) -> Matrix,
        _ finish: @Sendable (inout Matrix) -> Void
    ) throws(Failure) -> [Matrix] {
        let batches = inferenceBatches(lengths)
        let outputs = try workers.map(batches.count) { (number) throws(Failure) in
            let members = try batches[number].map(read)
            let batch = PackedBatch(lengths: members.map(\.rows))
            var input = Matrix(rows: 0, columns: inputs)
            batch.pack(members, into: &input)
            return memories.withMemory(of: self) { memory in
                var output = memory.forward(self, input, Pass(batch: batch, phase: .inference))
                finish(&output)
                return batch.unpack(output)
            }
        }
        var result = [Matrix](repeating: Matrix(rows: 0, columns: self.outputs), count: lengths.count)
        for (members, outputs) in zip(batches, outputs) {
            for (index, output) in zip(members, outputs) { result[index] = output }
        }
        return result
    }

    /// The indices of each batch's sequences. Sequences of similar length share a batch, so that the recurrent products stay large to its
    /// end.
    private func inferenceBatches(_ lengths: [Int]) -> [[Int]] {
        var batches: [[Int]] = []
        var rows = 0
        for index in lengths.indices.sorted(by: { (lengths[$0], $0) < (lengths[$1], $1) }) {
            if let last = batches.last, last.count < Self.inferenceBatch, rows + lengths[index] <= Self.inferenceRows {
                batches[batches.count - 1].append(index)
            } else {
                batches.append([index])
                rows = 0
            }
            rows += lengths[index]
        }
        return batches
    }
}
