import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

/// Sequences of several corpora.
struct GroupTests {
    private static let masks = [[true, true, false], [true, false, true], [true, true, true]]

    private func outputs() -> Matrix {
        var random = RandomSource(seed: 3)
        return Matrix(rows: 3, columns: 3, elements: (0..<9).map { _ in random.normal() - 1 })
    }

    @Test(arguments: FrameLoss.Kind.allCases, [Float(0), 0.2]) func gradientOfAMaskedLoss(kind: FrameLoss.Kind, smoothing: Float) {
        let loss = FrameLoss(kind, labelSmoothing: smoothing)
        func value(_ x: Matrix) -> Double {
            var x = x
            return loss.gradient(&x, targets: [0, 2, 1], weights: [1, 1, 1], scale: 1, masks: Self.masks).loss
        }
        let start = outputs()
        var gradient = start
        _ = loss.gradient(&gradient, targets: [0, 2, 1], weights: [1, 1, 1], scale: 1, masks: Self.masks)
        for i in start.elements.indices {
            var above = start
            var below = start
            above.elements[i] += 1e-2
            below.elements[i] -= 1e-2
            #expect(abs((value(above) - value(below)) / 2e-2 - Double(gradient.elements[i])) < 1e-3)
        }
        #expect(gradient[0, 2] == 0 && gradient[1, 1] == 0)
    }

    /// The loss of a row without a class is that of a network without this output.
    @Test(arguments: FrameLoss.Kind.allCases, [Float(0), 0.2]) func maskedClassIsAsIfAbsent(kind: FrameLoss.Kind, smoothing: Float) {
        let loss = FrameLoss(kind, labelSmoothing: smoothing)
        var three = Matrix(rows: 1, columns: 3, elements: [-0.3, -2, -1.1])
        var two = Matrix(rows: 1, columns: 2, elements: [-0.3, -1.1])
        let masked = loss.gradient(&three, targets: [1 + 1], weights: [1, 1, 1], scale: 1, masks: [[true, false, true]])
        let absent = loss.gradient(&two, targets: [1], weights: [1, 1], scale: 1)
        #expect(masked == absent)
        #expect([three[0, 0], three[0, 2]] == two.elements)
    }

    @Test func fullMaskChangesNoBit() {
        var masked = outputs()
        var plain = outputs()
        let full = [[Bool]](repeating: [true, true, true], count: 3)
        let a = FrameLoss().gradient(&masked, targets: [0, 1, 2], weights: [1, 2, 3], scale: 0.25, masks: full)
        let b = FrameLoss().gradient(&plain, targets: [0, 1, 2], weights: [1, 2, 3], scale: 0.25)
        #expect(a == b && masked == plain)
    }

    /// Two corpora, of which the first has many more recordings and the second lacks class 1.
    private func sequences(_ sizes: [(group: Int, label: Int, count: Int)]) -> [LabelledSequence] {
        let groups = [
            SequenceGroup(number: 0, hasClass: [true, true, true]), SequenceGroup(number: 1, hasClass: [true, false, true]),
        ]
        return sizes.flatMap { size in
            (0..<size.count).map { number in
                var random = RandomSource(seed: 1).stream(size.group, size.label, number)
                let row = (0..<4).map { Float($0 == size.label ? 1 : 0) + 0.3 * random.normal() }
                return LabelledSequence(
                    frames: Matrix(rows: 1, columns: 4, elements: row), label: size.label, group: groups[size.group])
            }
        }
    }

    private let uneven = [(0, 0, 50), (0, 1, 20), (0, 2, 1), (1, 0, 3), (1, 2, 26)].map { (group: $0.0, label: $0.1, count: $0.2) }

    @Test func classesOfAllCorporaAreDrawnEquallyOften() throws {
        let sequences = sequences(uneven)
        let balance = try #require(BalancedOrder(sequences))
        var random = RandomSource(seed: 5)
        let order = balance.order(&random)
        #expect(order.count == 100)
        let counts = uneven.map { size in
            order.count { sequences[$0].group?.number == size.group && sequences[$0].label == size.label }
        }
        #expect(counts == [20, 20, 20, 20, 20])
        // Of a large cell, none is drawn twice.
        #expect(Set(order.filter { $0 < 50 }).count == 20)
        #expect(balance.order(&random) != order)
        #expect(BalancedOrder(Array(sequences.prefix(71))) == nil, "one corpus is drawn as it is")
    }

    @Test func remainderIsSharedOut() throws {
        let sequences = sequences([(0, 0, 4), (0, 1, 4), (1, 0, 3)].map { (group: $0.0, label: $0.1, count: $0.2) })
        let balance = try #require(BalancedOrder(sequences))
        var random = RandomSource(seed: 2)
        let order = balance.order(&random)
        #expect(order.count == 11)
        let counts = [0..<4, 4..<8, 8..<11].map { cell in order.count { cell.contains($0) } }
        #expect(counts.sorted() == [3, 4, 4])
    }

    @Test func trainingIsTheSameForAnyNumberOfThreads() throws {
        var options = TrainingOptions()
        options.epochs = 4
        options.batch = 32
        let results = try [1, 3].map { threads in
            var network = Network([Dense(inputs: 4, outputs: 3)], seed: 2)
            try Trainer(options, classes: 3, workers: Workers(threads: threads)).train(&network, on: sequences(uneven))
            return network.parameters.values
        }
        #expect(results[0] == results[1])
    }

    /// A class that only the first corpus has: without the mask, the second would teach that it never occurs.
    @Test func maskedClassIsNotUnlearnt() throws {
        var options = TrainingOptions()
        options.epochs = 30
        let data = sequences([(0, 0, 30), (0, 1, 30), (1, 0, 30), (1, 2, 30)].map { (group: $0.0, label: $0.1, count: $0.2) })
        let unmasked = data.map { sequence in
            LabelledSequence(
                frames: sequence.frames, label: sequence.label,
                group: SequenceGroup(number: sequence.group?.number ?? 0, hasClass: [true, true, true]))
        }
        let bias = try [data, unmasked].map { sequences in
            var network = Network([Dense(inputs: 4, outputs: 3)], seed: 2)
            try Trainer(options, classes: 3, workers: Workers(threads: 1)).train(&network, on: sequences)
            let logs = network.logPosteriors(of: [Matrix(rows: 1, columns: 4)], workers: Workers(threads: 1))[0]
            return logs[0, 1]
        }
        #expect(bias[0] > bias[1])
    }
}
