import Tensors

extension Network {
    /// Sequences that are run as one batch at most, and rows (unless a sequence alone has more): larger batches only take memory,
    /// with 128 cells 15 MB for so many rows.
    private static let inferenceBatch = 16
    private static let inferenceRows = 4096

    /// log softmax of the output for each frame of each sequence, `T × outputs` each, in the given order.
    ///
    /// - Parameter memories: of this network, where it is run again and again.
    public func logPosteriors(of sequences: [Matrix], workers: Workers, memories: NetworkMemories = NetworkMemories()) -> [Matrix] {
        outputs(of: sequences, workers: workers, memories) { LogSoftmax.apply(&$0) }
    }

    /// The output for each frame of each sequence, `T × outputs` each, in the given order.
    package func outputs(of sequences: [Matrix], workers: Workers) -> [Matrix] {
        outputs(of: sequences, workers: workers, NetworkMemories()) { _ in }
    }

    private func outputs(
        of sequences: [Matrix], workers: Workers, _ memories: NetworkMemories, _ finish: @Sendable (inout Matrix) -> Void
    ) -> [Matrix] {
        let batches = inferenceBatches(sequences)
        let outputs = workers.map(batches.count) { number in
            let members = batches[number].map { sequences[$0] }
            let batch = PackedBatch(lengths: members.map(\.rows))
            var input = Matrix(rows: 0, columns: inputs)
            batch.pack(members, into: &input)
            return memories.withMemory(of: self) { memory in
                var output = memory.forward(self, input, Pass(batch: batch, phase: .inference))
                finish(&output)
                return batch.unpack(output)
            }
        }
        var result = [Matrix](repeating: Matrix(rows: 0, columns: self.outputs), count: sequences.count)
        for (members, outputs) in zip(batches, outputs) {
            for (index, output) in zip(members, outputs) { result[index] = output }
        }
        return result
    }

    /// The indices of each batch's sequences: those of like length together, so that the recurrent products stay large to the end.
    private func inferenceBatches(_ sequences: [Matrix]) -> [[Int]] {
        var batches: [[Int]] = []
        var rows = 0
        for index in sequences.indices.sorted(by: { (sequences[$0].rows, $0) < (sequences[$1].rows, $1) }) {
            if let last = batches.last, last.count < Self.inferenceBatch, rows + sequences[index].rows <= Self.inferenceRows {
                batches[batches.count - 1].append(index)
            } else {
                batches.append([index])
                rows = 0
            }
            rows += sequences[index].rows
        }
        return batches
    }
}
