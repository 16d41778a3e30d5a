import StimmungLaboratory
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

struct ExperimentTests {
    /// Sequences of frames of three classes with different means.
    private func frames(_ count: Int = 240, seed: UInt64 = 1) throws -> LabelledFrames {
        var random = RandomSource(seed: seed)
        let sequences = (0..<12).map { number in
            let label = number % 3
            var frames = Matrix(rows: count / 12, columns: 4)
            for row in 0..<frames.rows {
                for column in 0..<4 { frames[row, column] = (column == label ? 1 : 0) + 0.7 * random.normal() }
            }
            return LabelledSequence(frames: frames, label: label)
        }
        return try LabelledFrames(sequences, classes: 3, window: 1, every: 2)
    }

    @Test func everyNthFrameIsJoinedWithItsNeighbours() throws {
        let sequence = Matrix(rows: 5, columns: 1, elements: [1, 2, 3, 4, 5])
        let frames = try LabelledFrames([LabelledSequence(frames: sequence, label: 1)], classes: 2, window: 1, every: 2)
        #expect(frames.input.elements == [1, 1, 2, 2, 3, 4, 4, 5, 5] && frames.labels == [1, 1, 1])
    }

    @Test func everyMethodLowersTheLossWithinItsPasses() throws {
        func run(threads: Int) throws -> [OptimiserComparison.Curve] {
            var comparison = OptimiserComparison(seed: 3)
            comparison.classifier.units = 8
            comparison.passes = 60
            comparison.batch = 16
            comparison.workers = Workers(threads: threads)
            return try comparison.run(on: frames(6000))
        }
        let curves = try run(threads: 1)
        #expect(curves.map(\.method) == OptimiserComparison.Method.allCases)
        for curve in curves {
            let start = try #require(curve.points.first)
            #expect(start.passes == 0 && start.loss == curves[0].points[0].loss)
            #expect(curve.points.count > 2 && curve.finalLoss < 0.9 * start.loss, "\(curve)")
            #expect(curve.points.allSatisfy { $0.passes <= 60 && $0.seconds >= 0 })
            #expect(curve.loss(afterPasses: 60) == curve.finalLoss)
        }
        // The loss never rises with full-batch methods.
        for curve in curves.suffix(2) { #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $1.loss <= $0.loss }) }
        let again = try run(threads: 2)
        #expect(again.map { $0.points.map(\.loss) } == curves.map { $0.points.map(\.loss) })
        #expect(again.map(\.rate) == curves.map(\.rate))
        #expect(curves.table.count == 11 && curves.table.allSatisfy { !$0.contains("nan") })
    }

    @Test func gradientsShrinkLessInADeepPerceptronWithLargerInitialWeights() throws {
        func run(threads: Int) throws -> [DepthExperiment.Curve] {
            var experiment = DepthExperiment(seed: 2)
            experiment.classifier.layers = 5
            experiment.classifier.units = 12
            experiment.passes = 2
            experiment.pretrainingPasses = 3
            experiment.workers = Workers(threads: threads)
            return try experiment.run(on: frames())
        }
        let curves = try run(threads: 1)
        #expect(curves.map(\.start) == DepthExperiment.Start.allCases)
        for curve in curves {
            #expect(curve.gradients.count == 6 && curve.measurements.count == 3 && curve.gradients.allSatisfy { $0 > 0 })
        }
        // The slope of a logistic unit is at most a quarter: five layers lose two powers of ten.
        #expect(curves[0].gradients[0] < 0.01 * curves[0].gradients[5])
        #expect(curves[2].gradients[0] > 3 * curves[0].gradients[0])
        #expect(try run(threads: 2) == curves)
    }

    @Test func gradientsThroughTimeEqualThoseOfTheStates() throws {
        var experiment = LagExperiment(seed: 1)
        experiment.lags = 40
        experiment.cells = 6
        experiment.sequences = 2
        experiment.trainingSteps = 10
        experiment.updates = 100
        let curves = try experiment.run()
        #expect(curves.count == 5)
        for curve in curves { #expect(curve.gradients.count == 41 && curve.gradients[0] == 1 && curve.gradients.allSatisfy(\.isFinite)) }
        #expect(curves[0].gradients[40] < 1e-6 && curves[0].gradients[40] < curves[2].gradients[40])
        experiment.updates = 0
        #expect(try experiment.run() == Array(curves.prefix(3)))
    }

    @Test func regularisationIsMeasuredOnHeldOutSpeakers() throws {
        func run(threads: Int) throws -> [OverfittingExperiment.Curve] {
            var experiment = OverfittingExperiment(seed: 2)
            experiment.classifier.units = 16
            experiment.passes = 20
            experiment.workers = Workers(threads: threads)
            experiment.learningRate = 0.01
            return try experiment.run(on: frames(), heldOut: frames(seed: 2))
        }
        let curves = try run(threads: 1)
        #expect(curves.map(\.kind) == OverfittingExperiment.Kind.allCases)
        for curve in curves {
            #expect(curve.training.count == 21 && curve.heldOut.count == 21)
            #expect(curve.training[20].loss < curve.training[0].loss, "\(curve.name)")
        }
        #expect(curves.dropFirst().allSatisfy { $0.training[20].loss > curves[0].training[20].loss })
        #expect(try run(threads: 2) == curves)
    }

    @Test func everyExperimentCanBeStopped() throws {
        let cancellation = Cancellation()
        cancellation.cancel()
        var comparison = OptimiserComparison()
        comparison.cancellation = cancellation
        #expect(throws: Cancelled()) { try comparison.run(on: frames()) }
        var depth = DepthExperiment()
        depth.cancellation = cancellation
        #expect(throws: Cancelled()) { try depth.run(on: frames()) }
        var lag = LagExperiment()
        lag.cancellation = cancellation
        #expect(throws: Cancelled()) { try lag.run() }
        var overfitting = OverfittingExperiment()
        overfitting.cancellation = cancellation
        #expect(throws: Cancelled()) { try overfitting.run(on: frames(), heldOut: frames()) }
    }

    @Test func errorCodesAreUnique() {
        let errors: [ExperimentError] = [.diverged(update: 1), .withoutTangent(layer: "Opaque")]
        #expect(Set(errors.map(\.code)).count == errors.count)
    }
}
