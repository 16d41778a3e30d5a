import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// A frame classifier without and with regularisation: its loss per pass on training frames and on frames of held-out speakers.
package struct OverfittingExperiment: Sendable {
    package var classifier = FrameClassifier(layers: 2, units: 256, unit: .sigmoid)
    package var passes = 40
    package var learningRate: Float = 1e-3
    package var batch = 128
    /// λ of the penalties λ‖w‖₁ and λ‖w‖₂ on each weight array.
    package var absolutePenalty: Float = 1e-4
    package var euclideanPenalty: Float = 3e-2
    package var dropout: Float = 0.5
    /// Standard deviation of the noise on the inputs, whose own standard deviation is 1.
    package var noise: Float = 1
    /// Random seed of the initial weights, the order of frames, dropout and noise.
    package var seed: UInt64 = 0
    package var workers = Workers()
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(seed: UInt64 = 0) {
        self.seed = seed
    }

    package enum Kind: String, Sendable, Codable, CaseIterable {
        case none, l1 = "L1", l2 = "L2", dropout, noise
    }

    package struct Curve: Sendable, Equatable, Codable {
        package let kind: Kind
        /// `none`, `L1, λ = 0.0001` …
        package let name: String
        /// Measurements before the first pass and after each pass, without penalties, dropout and noise.
        package let training: [LabelledFrames.Measurement]
        package let heldOut: [LabelledFrames.Measurement]

        /// The pass with the lowest loss on the held-out speakers.
        package var best: Int { heldOut.indices.min { heldOut[$0].loss < heldOut[$1].loss } ?? 0 }
    }

    /// - Throws: `ExperimentError` if training fails, `Cancelled` if a stop is requested.
    package func run(
        on frames: LabelledFrames, heldOut: LabelledFrames, progress: (Int, Int, Kind) -> Void = { _, _, _ in }
    ) throws -> [Curve] {
        try Kind.allCases.enumerated().map { number, kind in
            var classifier = classifier
            var descent = MinibatchDescent(learningRate: learningRate, batch: batch, seed: RandomSource(seed: seed).stream(1).firstValue)
            descent.cancellation = cancellation
            var name = kind.rawValue
            switch kind {
            case .none: break
            case .l1:
                descent.regularisers = [Regulariser(.penalty(absolutePenalty), p: 1)]
                name += ", λ = \(absolutePenalty)"
            case .l2:
                descent.regularisers = [Regulariser(.penalty(euclideanPenalty), p: 2)]
                name += ", λ = \(euclideanPenalty)"
            case .dropout:
                classifier.dropout = dropout
                name += " \(dropout)"
            case .noise:
                classifier.noise = noise
                name += ", deviation \(noise)"
            }
            var network = classifier.network(inputs: frames.input.columns, classes: frames.classes, seed: seed)
            var training = [frames.measure(network, workers: workers)]
            var others = [heldOut.measure(network, workers: workers)]
            try descent.run(&network, on: frames, passes: passes) { pass, network in
                training.append(frames.measure(network, workers: workers))
                others.append(heldOut.measure(network, workers: workers))
                progress(number * passes + pass, Kind.allCases.count * passes, kind)
            }
            return Curve(kind: kind, name: name, training: training, heldOut: others)
        }
    }
}
