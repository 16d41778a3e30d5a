import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

/// Training in several processes gives the bits of training in one.
struct ProcessTests {
    private func frames(_ count: Int) -> [Matrix] {
        var random = RandomSource(seed: 2)
        return (0..<count).map { _ in
            let length = 12 + random.index(below: 20)
            return Matrix(rows: length, columns: 3, elements: (0..<length * 3).map { _ in random.normal() })
        }
    }

    private func workers(_ processes: any ProcessGroup) -> Workers {
        var workers = Workers(threads: 1)
        workers.processes = processes
        return workers
    }

    /// A batch of 32 has four parts, and the last batch of 70 sequences one.
    @Test(arguments: [2, 3, 5]) func aNetwork(count: Int) throws {
        let sequences = frames(70).enumerated().map { LabelledSequence(frames: $1, label: $0 % 2) }
        var options = TrainingOptions()
        options.epochs = 2
        options.batch = 32
        let start = Network([LSTM(inputs: 3, cells: 8), Dropout(units: 8, rate: 0.1), Dense(inputs: 8, outputs: 2)], seed: 1)
        let train: @Sendable (Workers) throws -> ([Float], [EpochReport]) = { [options] workers in
            var (network, history) = (start, [EpochReport]())
            try Trainer(options, classes: 2, workers: workers).train(
                &network, on: sequences, validation: Array(sequences.prefix(9)), epochDone: { history = $0.history })
            return (network.parameters.values, history)
        }
        let expected = try train(Workers(threads: 1))
        #expect(expected.0 != start.parameters.values)
        for result in try ThreadProcesses.run(count, { try train(workers($0)) }) {
            #expect(result.0 == expected.0 && result.1 == expected.1)
        }
    }

    @Test func anAutoencoder() throws {
        let data = frames(30)
        let train: @Sendable (Workers) throws -> [Float] = { workers in
            var network = Network(
                [Dense(inputs: 3, outputs: 5), ActivationLayer(.sigmoid, units: 5), Dense(inputs: 5, outputs: 2)], seed: 1)
            var options = AutoencoderOptions()
            options.epochs = 2
            options.noise = 0.1
            try AutoencoderTraining(options, workers: workers).train(&network, on: data)
            return network.parameters.values
        }
        let expected = try train(Workers(threads: 1))
        #expect(try ThreadProcesses.run(2, { try train(workers($0)) }) == [expected, expected])
    }
}
