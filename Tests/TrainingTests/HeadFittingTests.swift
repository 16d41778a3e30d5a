import Foundation
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTraining
import Testing

/// The last layer of a network, fitted to recordings, against a plain implementation in double precision.
struct HeadFittingTests {
    private static let inputs = 3
    private static let classes = 3
    private let head: Network
    private let recordings: [LabelledSequence]

    init() {
        head = Network([Dense(inputs: Self.inputs, outputs: Self.classes)], seed: 5)
        recordings = Self.recordings(labels: [0, 0, 0, 1, 1, 2], seed: 1)
    }

    /// Noisy recordings of one to three frames; all classes take part unless `hasClass` names fewer.
    private static func recordings(labels: [Int], seed: UInt64, group: SequenceGroup? = nil) -> [LabelledSequence] {
        labels.enumerated().map { number, label in
            var random = RandomSource(seed: seed).stream(number)
            let rows = 1 + number % 3
            let frames = Matrix(
                rows: rows, columns: inputs,
                elements: (0..<rows * inputs).map { ($0 % inputs == label ? 1.5 : 0) + random.normal() })
            return LabelledSequence(frames: frames, label: label, group: group)
        }
    }

    /// The loss of `HeadObjective`'s documentation, with every class balanced over all recordings.
    private func loss(_ θ: [Double], _ recordings: [LabelledSequence], strength: Double) throws -> Double {
        let (inputs, classes, count) = (Self.inputs, Self.classes, Double(recordings.count))
        let counts = Dictionary(recordings.map { ($0.label, 1.0) }, uniquingKeysWith: +)
        var sum = 0.0
        for recording in recordings {
            let frames = try recording.frames.frames()
            let weight = count / (Double(counts.count) * counts[recording.label, default: 1])
            for row in 0..<frames.rows {
                let h = frames.row(row).map(Double.init)
                let outputs = (0..<classes).map { k in
                    θ[inputs * classes + k] + (0..<inputs).reduce(0) { $0 + θ[k * inputs + $1] * h[$1] }
                }
                let present = (0..<classes).filter { recording.group?.hasClass[$0] ?? true || $0 == recording.label }
                sum += weight * (log(present.reduce(0) { $0 + exp(outputs[$1]) }) - outputs[recording.label]) / Double(frames.rows)
            }
        }
        let (mean, q) = try moments(recordings)
        let moves = zip(θ, head.parameters.values).map { $0 - Double($1) }
        var penalty = 0.0
        for k in 0..<classes {
            let own = moves[k * inputs..<(k + 1) * inputs]
            // At the mean of the inputs, the output moves by this.
            let central = moves[inputs * classes + k] + zip(own, mean).reduce(0) { $0 + $1.0 * $1.1 }
            penalty += q * own.reduce(0) { $0 + $1 * $1 } + central * central
        }
        return (sum + strength / 2 * penalty) / count
    }

    /// The mean of the recordings' inputs, and the mean of ‖h‖² less that mean.
    private func moments(_ recordings: [LabelledSequence]) throws -> (mean: [Double], q: Double) {
        var mean = [Double](repeating: 0, count: Self.inputs)
        func rows(_ body: ([Double], _ weight: Double) -> Void) throws {
            for recording in recordings {
                let frames = try recording.frames.frames()
                for row in 0..<frames.rows { body(frames.row(row).map(Double.init), 1 / Double(frames.rows * recordings.count)) }
            }
        }
        try rows { h, weight in for i in h.indices { mean[i] += weight * h[i] } }
        var q = 0.0
        try rows { h, weight in for i in h.indices { q += weight * (h[i] - mean[i]) * (h[i] - mean[i]) } }
        return (mean, q)
    }

    private func gradient(_ θ: [Double], _ recordings: [LabelledSequence], strength: Double) throws -> [Double] {
        try θ.indices.map { i in
            var (above, below) = (θ, θ)
            above[i] += 1e-5
            below[i] -= 1e-5
            return try (loss(above, recordings, strength: strength) - loss(below, recordings, strength: strength)) / 2e-5
        }
    }

    private func fit(_ recordings: [LabelledSequence], strength: Double, threads: Int = 1) throws -> [Float] {
        try HeadFitting(loss: FrameLoss(), strength: strength, workers: Workers(threads: threads)).fit(head, to: recordings).parameters
            .values
    }

    @Test(arguments: [nil, SequenceGroup(number: 0, hasClass: [true, true, false])])
    func theGradientIsThatOfFiniteDifferences(group: SequenceGroup?) throws {
        let all = Self.recordings(labels: [0, 0, 0, 1, 1, group == nil ? 2 : 1], seed: 1, group: group)
        let centre = Normaliser(mean: try moments(all).mean.map { Float($0) }, deviation: [1, 1, 1])
        let recordings = all.map { $0.with(NormalisedFrames($0.frames, by: centre)) }
        let objective = try HeadObjective(head, recordings, loss: FrameLoss(), strength: 0.7, workers: Workers(threads: 2))
        var random = RandomSource(seed: 9)
        let θ = head.parameters.values.map { $0 + 0.3 * random.normal() }
        let (value, gradient) = try objective.lossAndGradient(θ)
        #expect(abs(value - (try loss(θ.map(Double.init), recordings, strength: 0.7))) < 1e-5)
        for (a, n) in zip(gradient, try self.gradient(θ.map(Double.init), recordings, strength: 0.7)) {
            #expect(abs(Double(a) - n) < 1e-5, "\(a) \(n)")
        }
    }

    /// At the optimum of a strictly convex loss, and only there, the gradient is 0.
    @Test(arguments: [0.1, 1, 10]) func theOptimumIsFound(strength: Double) throws {
        let θ = try fit(recordings, strength: strength).map(Double.init)
        let slope = try gradient(θ, recordings, strength: strength)
        #expect(slope.allSatisfy { abs($0) < 1e-4 * max(1, strength) }, "\(slope)")
        let start = try loss(head.parameters.values.map(Double.init), recordings, strength: strength)
        #expect(try loss(θ, recordings, strength: strength) < start)
    }

    @Test func aPriorBeyondAllMeasureLeavesTheBits() throws {
        #expect(try fit(recordings, strength: 1e12) == head.parameters.values)
    }

    @Test func moreRecordingsMoveTheHeadMore() throws {
        func move(_ copies: Int) throws -> Double {
            let all = (0..<copies).flatMap { _ in recordings }
            return zip(try fit(all, strength: 1), head.parameters.values).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        }
        let moves = try [1, 4, 16].map(move)
        #expect(moves[0] > 0 && moves[0] < moves[1] && moves[1] < moves[2], "\(moves)")
    }

    @Test func theBitsDoNotDependOnTheThreads() throws {
        let many = Self.recordings(labels: (0..<50).map { $0 % 3 }, seed: 3)
        let expected = try fit(many, strength: 0.3)
        #expect(try fit(many, strength: 0.3, threads: 3) == expected && expected != head.parameters.values)
    }

    /// A class that the recordings' corpus lacks keeps its parameters, and the others' mean output.
    @Test func aMissingClassKeepsItsPlace() throws {
        let group = SequenceGroup(number: 0, hasClass: [true, true, false])
        let fitted = try fit(Self.recordings(labels: [0, 1, 0, 1, 1], seed: 2, group: group), strength: 0.3)
        let moves = zip(fitted, head.parameters.values).map { $0 - $1 }
        let weights = Self.inputs * Self.classes
        #expect(moves[2 * Self.inputs..<weights].allSatisfy { $0 == 0 } && moves[weights + 2] == 0)
        for column in 0..<Self.inputs {
            #expect(moves[column] != 0 && abs(moves[column] + moves[Self.inputs + column]) < 1e-4, "\(moves)")
        }
    }

    /// A constant that is added to the inputs is nothing but another bias.
    @Test func theFitDoesNotDependOnTheOriginOfTheInputs() throws {
        let offset: [Float] = [3, -2, 5]
        let moved = recordings.map { $0.with(NormalisedFrames($0.frames, by: Normaliser(mean: offset.map { -$0 }, deviation: [1, 1, 1]))) }
        var shifted = head
        for k in 0..<Self.classes {
            for i in 0..<Self.inputs { shifted.parameters.values[9 + k] -= offset[i] * head.parameters.values[k * Self.inputs + i] }
        }
        let plain = try fit(recordings, strength: 0.5)
        let other = try HeadFitting(loss: FrameLoss(), strength: 0.5, workers: Workers(threads: 1)).fit(shifted, to: moved).parameters
            .values
        for i in 0..<9 { #expect(abs(plain[i] - other[i]) < 1e-3, "\(plain) \(other)") }
    }

    /// Fitting has made the other outputs differ more; a class without recordings gets half of what it lost back, and decisions among the others stay.
    @Test func aClassWithoutRecordingsIsHeld() throws {
        let recordings = Self.recordings(labels: [0, 1, 0, 1, 1], seed: 2, group: SequenceGroup(number: 0, hasClass: [true, true, false]))
        let workers = Workers(threads: 1)
        let old = NetworkHead(of: head)
        var fitted = old
        fitted.head.parameters.values = try fit(recordings, strength: 0.1)
        let frames = recordings.map(\.frames)
        let held = try fitted.holding(from: old, present: [0, 1], for: frames, workers: workers)
        /// The mean over the recordings of log(e^a₀ + e^a₁).
        func level(_ head: NetworkHead) throws -> Double {
            let outputs = try head.head.outputs(of: frames, workers: workers)
            return outputs.reduce(0) { sum, output in
                sum + (0..<output.rows).reduce(0) { $0 + log(exp(Double(output[$1, 0])) + exp(Double(output[$1, 1]))) }
                    / Double(output.rows)
            } / Double(outputs.count)
        }
        let levels = try [old, fitted, held].map(level)
        #expect(levels[1] > levels[0] + 0.1 && abs(levels[2] - (levels[0] + levels[1]) / 2) < 1e-4, "\(levels)")
        let moves = zip(held.head.parameters.values, fitted.head.parameters.values).map { $0 - $1 }
        #expect(moves[..<9].allSatisfy { $0 == 0 } && moves[11] == 0 && abs(moves[9] - moves[10]) < 1e-6, "\(moves)")
        let whole = try fitted.holding(from: old, present: [0, 1, 2], for: frames, workers: workers)
        #expect(whole.head.parameters == fitted.head.parameters)
    }

    @Test func aNetworkIsDividedAndJoined() throws {
        let network = Network(
            [Dense(inputs: 4, outputs: 5), ActivationLayer(.rectifier, units: 5), Dense(inputs: 5, outputs: 3), LogSigmoid(units: 3)],
            seed: 2)
        let split = NetworkHead(of: network)
        #expect(split.inputs == 5 && split.outputs == 3 && split.network.parameters == network.parameters)
        var random = RandomSource(seed: 3)
        let sequences = [2, 1].map { Matrix(rows: $0, columns: 4, elements: (0..<$0 * 4).map { _ in random.normal() }) }
        let hidden = try split.activations(of: sequences, store: FrameStore(), workers: Workers(threads: 1))
        let outputs = try split.head.outputs(of: hidden, workers: Workers(threads: 1))
        #expect(outputs == network.outputs(of: sequences, workers: Workers(threads: 1)))
        let shallow = NetworkHead(of: head)
        #expect(shallow.body == nil && shallow.network.parameters == head.parameters)
    }

    /// The new class gets the mean probability of a class, and the others keep their proportions.
    @Test(arguments: [false, true]) func aNewClassBeginsAsAnAverageOne(isSigmoid: Bool) throws {
        func layers(_ classes: Int) -> [any Layer] {
            [Dense(inputs: 3, outputs: classes)] + (isSigmoid ? [LogSigmoid(units: classes)] : [])
        }
        let network = Network(layers(3), seed: 5)
        let workers = Workers(threads: 1)
        let frames: [any FrameSource] = [Matrix(rows: 1, columns: 3, elements: [1, -0.5, 2])]
        let wide = try NetworkHead(of: network).widened(to: layers(4), for: frames, isSigmoid: isSigmoid, workers: workers).network
        func probabilities(_ network: Network) throws -> [Float] {
            try network.logPosteriors(of: frames, workers: workers)[0].elements.map { exp($0) }
        }
        let (old, new) = (try probabilities(network), try probabilities(wide))
        #expect(abs(new[3] - 0.25) < 1e-5, "\(new)")
        for k in 0..<3 { #expect(abs(new[k] - 0.75 * old[k]) < 1e-5, "\(old) \(new)") }
    }
}
