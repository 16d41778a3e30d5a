import Tensors

extension Network {
    /// Sequences that are run as one batch; larger ones only take memory.
    private static let inferenceBatch = 16

    /// log softmax of the output for each frame of each sequence, `T × outputs` each, in the given order.
    public func logPosteriors(of sequences: [Matrix], workers: Workers) -> [Matrix] {
        // Sequences of like length together, so that the recurrent products stay large to the end.
        let order = sequences.indices.sorted { (sequences[$0].rows, $0) < (sequences[$1].rows, $1) }
        let batches = stride(from: 0, to: order.count, by: Self.inferenceBatch).map {
            Array(order[$0..<min($0 + Self.inferenceBatch, order.count)])
        }
        let outputs = workers.map(batches.count) { number in
            let members = batches[number].map { sequences[$0] }
            let batch = PackedBatch(lengths: members.map(\.rows))
            var input = Matrix(rows: 0, columns: inputs)
            batch.pack(members, into: &input)
            var logits = makeMemory().forward(self, input, Pass(batch: batch, phase: .inference))
            LogSoftmax.apply(&logits)
            return batch.unpack(logits)
        }
        var result = [Matrix](repeating: Matrix(rows: 0, columns: self.outputs), count: sequences.count)
        for (members, logs) in zip(batches, outputs) {
            for (index, log) in zip(members, logs) { result[index] = log }
        }
        return result
    }
}
