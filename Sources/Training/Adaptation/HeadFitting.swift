import Foundation
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Fits the head of a network to labelled recordings, starting from its old parameters.
///
///     var split = NetworkHead(of: network)
///     split.head = try HeadFitting(loss: FrameLoss(), workers: Workers()).fit(split.head, to: recordings)
///
/// All recordings are one batch and nothing is random, so that the result depends on the recordings alone, bit by bit.
package struct HeadFitting: Sendable {
    package let loss: FrameLoss
    /// s, how strongly the head is kept near its old parameters (`HeadObjective`).
    package let strength: Double
    package let workers: Workers
    /// Checked after each step.
    package let cancellation: Cancellation

    package init(
        loss: FrameLoss, strength: Double, workers: Workers, cancellation: Cancellation = Cancellation()
    ) {
        self.loss = loss
        self.strength = strength
        self.workers = workers
        self.cancellation = cancellation
    }

    /// The head with the lowest loss.
    ///
    /// - Parameters:
    ///   - head: `NetworkHead.head`.
    ///   - recordings: inputs of the head, with classes; at least one. `SequenceGroup.hasClass` leaves classes out of a recording's loss.
    /// - Throws: `TrainingError.diverged`, `FrameError`, `Cancelled`.
    package func fit(_ head: Network, to recordings: [LabelledSequence]) throws -> Network {
        let centre = Normaliser(mean: try mean(of: recordings), deviation: [Float](repeating: 1, count: head.inputs))
        let start = head.parameters.values
        var centred = head
        centred.parameters.values = shifted(start, by: centre.mean)
        let objective = try HeadObjective(
            centred, recordings.map { $0.with(NormalisedFrames($0.frames, by: centre)) }, loss: loss, strength: strength, workers: workers)
        var optimiser = LBFGS()
        optimiser.iterations = 200
        let fitted = try optimiser.minimise(from: centred.parameters.values) { θ in
            try cancellation.check()
            return try objective.lossAndGradient(θ)
        }
        // The moves are added to the old parameters, so that one that has not moved keeps its bits.
        let moves = shifted(zip(fitted, centred.parameters.values).map { $0 - $1 }, by: centre.mean.map { -$0 })
        var result = head
        result.parameters.values = zip(start, moves).map { $0 + $1 }
        return result
    }

    /// The mean over the recordings of the mean of each one's rows.
    private func mean(of recordings: [LabelledSequence]) throws(FrameError) -> [Float] {
        let means = try workers.map(recordings.count) { (index) throws(FrameError) in
            var statistics = FeatureStatistics(width: recordings[index].frames.columns)
            statistics.add(try recordings[index].frames.frames())
            return statistics.mean
        }
        var statistics = FeatureStatistics(width: recordings[0].frames.columns)
        for mean in means { statistics.add(Matrix(rows: 1, columns: mean.count, elements: mean)) }
        return statistics.mean
    }

    /// The parameters W and b + W c, for inputs that are counted from c.
    private func shifted(_ parameters: [Float], by centre: [Float]) -> [Float] {
        var parameters = parameters
        let inputs = centre.count
        let outputs = parameters.count / (inputs + 1)
        for k in 0..<outputs {
            var sum = 0.0
            for i in 0..<inputs { sum += Double(parameters[k * inputs + i]) * Double(centre[i]) }
            parameters[outputs * inputs + k] += Float(sum)
        }
        return parameters
    }
}

extension NetworkHead {
    /// The level of some classes: the mean over the recordings, and over each one's frames, of log Σ_k exp a_k.
    ///
    /// - Parameters:
    ///   - classes: k; nil for all.
    ///   - activations: inputs of the head, by recording; at least one.
    private func level(
        of classes: [Int]? = nil, for activations: [any FrameSource], workers: Workers
    ) throws(FrameError) -> Double {
        let outputs = try head.outputs(of: activations, workers: workers)
        let means = outputs.filter { $0.rows > 0 }.map { output in
            (0..<output.rows).reduce(0.0) { sum, row in
                let all = output.row(row).map(Double.init)
                let values = classes.map { $0.map { all[$0] } } ?? all
                let largest = values.max() ?? 0
                return sum + largest + log(values.reduce(0) { $0 + exp($1 - largest) })
            } / Double(output.rows)
        }
        return means.isEmpty ? 0 : means.reduce(0, +) / Double(means.count)
    }

    /// A fitted head whose classes without recordings are held.
    ///
    /// Fitting makes the outputs of the other classes differ more, so their level rises and the classes without recordings lose. The biases of the
    /// others are lowered by half of the rise: the whole would keep the mean log-odds of a class without recordings, and none would nearly forbid the class. The
    /// half is a choice, not a measured optimum. Decisions among the other classes do not change.
    ///
    /// - Parameters:
    ///   - old: before fitting, with the same classes.
    ///   - present: the classes with recordings.
    ///   - activations: inputs of the head, by recording; at least one.
    package func holding(
        from old: NetworkHead, present: [Int], for activations: [any FrameSource], workers: Workers
    ) throws(FrameError) -> NetworkHead {
        guard present.count < outputs, !present.isEmpty else { return self }
        let rise =
            try level(of: present, for: activations, workers: workers) - old.level(of: present, for: activations, workers: workers)
        var held = self
        for k in present { held.head.parameters.values[outputs * inputs + k] -= Float(rise / 2) }
        return held
    }

    /// The head with classes that the network has not known. Their weights are 0, and their bias gives them the mean probability of a class.
    ///
    /// - Parameters:
    ///   - layers: those of the whole network with all classes.
    ///   - activations: inputs of the head, by recording; at least one.
    ///   - isSigmoid: whether the outputs are log σ(a) and not a.
    package func widened(
        to layers: [any Layer], for activations: [any FrameSource], isSigmoid: Bool, workers: Workers
    ) throws(FrameError) -> NetworkHead {
        guard let last = layers.last, last.outputs > outputs else { return self }
        // The mean probability of a class.
        let output = try level(for: activations, workers: workers) - log(Double(outputs))
        // a where log σ(a) is the output, which is below 0.
        let bias = isSigmoid ? output - log(max(1 - exp(output), 1e-6)) : output
        return widened(to: layers, bias: Float(bias))
    }

    /// Makes classes impossible: new ones that there is no recording of, which otherwise win by their bias.
    package mutating func exclude(_ classes: Set<Int>) {
        for k in classes { head.parameters.values[outputs * inputs + k] = -100 }
    }
}
