import StimmungBoltzmann
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

/// Contrastive divergence in several processes gives the bits of one process.
struct ProcessTests {
    /// A batch of 400 frames has three parts, the last one of 200 has one. Persistent chains stay with their parts.
    @Test(arguments: [2, 3], [false, true]) func contrastiveDivergence(count: Int, isPersistent: Bool) throws {
        var random = RandomSource(seed: 2)
        let data = Matrix(rows: 1000, columns: 6, elements: (0..<6000).map { _ in random.normal() })
        let start = BoltzmannMachine(visible: 6, hidden: 7, units: .gaussian, order: isPersistent ? 0 : 2, seed: 1)
        var options = LearningOptions()
        options.epochs = 3
        options.batch = 400
        options.isPersistent = isPersistent
        let train: @Sendable (any ProcessGroup) throws -> LearningState? = { [options] processes in
            var workers = Workers(threads: 1)
            workers.processes = processes
            var (machine, state) = (start, LearningState?.none)
            try ContrastiveDivergence(options, workers: workers).train(&machine, on: [data], heldOut: [data], epochDone: { state = $0 })
            return state
        }
        let expected = try #require(try train(SingleProcess()))
        #expect(expected.machine.parameters != start.parameters && expected.chains.isEmpty != isPersistent)
        for state in try ThreadProcesses.run(count, train) {
            #expect(state?.machine.parameters == expected.machine.parameters)
            #expect(state?.velocity == expected.velocity && state?.chains == expected.chains && state?.history == expected.history)
        }
    }
}
