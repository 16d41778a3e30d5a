import CStimmungKernels
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The steps of contrastive divergence on batches of one machine: the gradient of a batch, computed in parts, and the update of the
/// parameters.
///
/// Each of several parts has at least 128 frames, which keeps its products large.
package final class ContrastiveBatch {
    private let parallel: DataParallel<ContrastivePart>
    /// Of the current parameters, shared by all parts.
    private let products: MachineProducts
    /// Number of parts of the last batch.
    private var used = 0
    private let count: Int
    /// Ranges of parameters that are summed and updated in parallel.
    private let segments: [Segment]

    private struct Segment {
        let range: Range<Int>
        /// Whether weight decay applies.
        let isWeight: Bool
    }

    /// - Parameters:
    ///   - rows: frames of a full batch.
    ///   - chains: the frames of the persistent chains of all parts; empty before their start.
    package init(_ machine: BoltzmannMachine, _ options: LearningOptions, rows: Int, chains: [Float], workers: Workers) {
        let number = Self.parts(rows)
        let parts = (0..<number).map { part in
            let own = DataParallel<ContrastivePart>.share(part, of: number, in: rows)
            return ContrastivePart(
                machine, options, chains: chains.isEmpty ? [] : chains[own.lowerBound * machine.visible..<own.upperBound * machine.visible])
        }
        parallel = DataParallel(parts, workers: workers)
        products = MachineProducts(layout: machine.layout)
        count = machine.parameters.count
        segments = Self.segments(machine)
    }

    /// Number of parts of a batch with this many frames.
    package static func parts(_ rows: Int) -> Int { DataParallel<ContrastivePart>.count(of: rows, atLeast: 128) }

    /// Values per segment: its parameters, velocities and gradients fit in the cache.
    private static let segment = 16384

    private static func segments(_ machine: BoltzmannMachine) -> [Segment] {
        var offset = 0
        return machine.parameterShapes.flatMap { shape in
            let end = offset + shape.count
            defer { offset = end }
            return stride(from: offset, to: end, by: segment).map { Segment(range: $0..<min($0 + segment, end), isWeight: shape.isWeight) }
        }
    }

    package var chains: [Float] { parallel.values(\.chains).flatMap(\.self) }

    /// Computes the gradient on the frames with the indices `numbers`.
    ///
    /// - Returns: the sum of the squared reconstruction errors.
    package func run(_ parameters: [Float], _ windows: FrameWindows, _ numbers: ArraySlice<Int>, _ random: RandomSource) -> Double {
        let used = Self.parts(numbers.count)
        self.used = used
        let scale = 1 / Float(numbers.count)
        parameters.withUnsafeBufferPointer { if let θ = $0.baseAddress { products.set(θ) } }
        let errors = parallel.map(used) { [products] part, number in
            let own = DataParallel<ContrastivePart>.share(number, of: used, in: numbers.count)
            let mine = numbers[numbers.startIndex + own.lowerBound..<numbers.startIndex + own.upperBound]
            return part.run(products, windows, mine, scale: scale, random: random.stream(number))
        }
        return errors.reduce(0, +)
    }

    /// The gradient computed by `run`.
    package var gradient: [Float] {
        var total = [Float](repeating: 0, count: count)
        parallel.sum(used, into: &total)
        return total
    }

    /// The learning rate, momentum and weight decay of a step.
    package struct Step: Sendable {
        package var rate: Float
        package var momentum: Float
        /// λ of the penalty ½λ‖θ‖² on weights.
        package var decay: Float

        package init(rate: Float, momentum: Float, decay: Float) {
            self.rate = rate
            self.momentum = momentum
            self.decay = decay
        }
    }

    /// Takes a step up the gradient computed by `run`.
    package func step(_ parameters: inout [Float], _ velocity: inout [Float], _ step: Step) {
        precondition(parameters.count == count && velocity.count == count, "parameters of another machine")
        parallel.shareSum(used, of: count)
        let (parallel, used, segments) = (parallel, used, segments)
        parameters.withUnsafeMutableBufferPointer { allParameters in
            velocity.withUnsafeMutableBufferPointer { allVelocities in
                guard let first = allParameters.baseAddress, let firstVelocity = allVelocities.baseAddress else { return }
                // Each piece of work writes its own segment only.
                nonisolated(unsafe) let (θ, velocity) = (first, firstVelocity)
                parallel.workers.forEach(segments.count) { number in
                    let (range, decay) = (segments[number].range, segments[number].isWeight ? step.decay : 0)
                    let gradient = parallel.sumInPlace(used, range)
                    ck_momentum(
                        range.count, step.rate, step.momentum, decay, gradient, velocity + range.lowerBound, θ + range.lowerBound)
                }
            }
        }
    }
}
