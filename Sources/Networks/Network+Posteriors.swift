import Tensors

extension Network {
    /// Sequences that are run as one batch; larger ones only take memory.
    private static let inferenceBatch = 16

    /// log softmax of the output for each frame of each sequence, `T × outputs` each, in the given order.
    public func logPosteriors(of sequences: [Matrix], workers: Workers) -> [Matrix] {
        outputs(of: sequences, workers: workers) { LogSoftmax.apply(&$0) }
    }

    /// The output for each frame of each sequence, `T × outputs` each, in the given order.
    package func outputs(of sequences: [Matrix], workers: Workers) -> [Matrix] {
        outputs(of: sequences, workers: workers) { _ in }
    }

    private func outputs(of sequences: [Matrix], workers: Workers, _ finish: @Sendable (inout Matrix) -> Void) -> [Matrix] {
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
            var output = makeMemory().forward(self, input, Pass(batch: batch, phase: .inference))
            finish(&output)
            return batch.unpack(output)
        }
        var result = [Matrix](repeating: Matrix(rows: 0, columns: self.outputs), count: sequences.count)
        for (members, outputs) in zip(batches, outputs) {
            for (index, output) in zip(members, outputs) { result[index] = output }
        }
        return result
    }
}
