import StimmungLaboratory
import StimmungSupport
import StimmungTensors
import Testing

struct AddingTests {
    @Test(arguments: [2, 5, 40]) func theTargetIsTheSumOfTheMarkedNumbers(steps: Int) {
        var random = RandomSource(seed: 3)
        let examples = AddingProblem(steps: steps).examples(50, using: &random)
        let sequences = examples.batch.unpack(examples.input)
        #expect(sequences.count == 50 && examples.targets.count == 50)
        for (sequence, target) in zip(sequences, examples.targets) {
            let marked = (0..<steps).filter { sequence[$0, 1] == 1 }
            #expect(marked.count == 2 && marked[0] < steps / 2 && marked[1] >= steps / 2)
            #expect(marked.reduce(0) { $0 + sequence[$1, 0] } == target)
            #expect((0..<steps).allSatisfy { (0..<1).contains(sequence[$0, 0]) && [0, 1].contains(sequence[$0, 1]) })
        }
    }

    @Test func anLSTMSolvesAShortProblemReproducibly() throws {
        var experiment = AddingExperiment(steps: 10)
        experiment.cells = 16
        experiment.updates = 3000
        let result = try experiment.run()
        #expect(result.reachedGoal && result.error < 0.01 && result.measurements[0].error > result.baseline)
        #expect(abs(result.baseline - AddingProblem.baseline) < 0.03)
        #expect(try experiment.run() == result)
        experiment.seed = 1
        #expect(try experiment.run() != result)
    }

    @Test func stopsWhenAskedAndReportsDivergence() {
        let stopped = AddingExperiment(steps: 10)
        stopped.cancellation.cancel()
        #expect(throws: Cancelled()) { try stopped.run() }
        var wild = AddingExperiment(steps: 10)
        wild.method = .sgd
        wild.learningRate = 1e38
        #expect(throws: ExperimentError.self) { try wild.run() }
    }
}
