import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// The parts into which a batch is divided, and the sum of their gradients.
///
/// A part has at least 128 frames, which keeps its products large; sixteen parts keep as many cores busy.
package final class BatchParts {
    private let parts: [BatchPart]
    /// Parts that the last batch has been divided into.
    private var used = 0
    private let count: Int
    /// Ranges of parameters that are summed and updated side by side.
    private let segments: [Segment]

    package struct Segment: Sendable {
        let range: Range<Int>
        /// Whether weight decay applies.
        let isWeight: Bool
    }

    /// - Parameters:
    ///   - rows: frames of a whole batch.
    ///   - chains: the frames of persistent chains, for all parts; empty where they have not begun.
    package init(_ machine: BoltzmannMachine, _ options: LearningOptions, rows: Int, chains: [Float]) {
        let number = Self.number(rows)
        parts = (0..<number).map { part in
            let own = Self.rows(of: part, number, rows)
            return BatchPart(
                machine, options, chains: chains.isEmpty ? [] : chains[own.lowerBound * machine.visible..<own.upperBound * machine.visible])
        }
        count = machine.parameters.count
        segments = Self.segments(machine)
    }

    /// Parts of a batch of so many frames.
    package static func number(_ rows: Int) -> Int { max(1, min(16, rows / 128)) }

    private static func rows(of part: Int, _ number: Int, _ rows: Int) -> Range<Int> {
        part * rows / number..<(part + 1) * rows / number
    }

    /// Numbers of a segment: so many parameters, velocities and gradients stay in the cache.
    private static let segment = 16384

    private static func segments(_ machine: BoltzmannMachine) -> [Segment] {
        var offset = 0
        return machine.parameterShapes.flatMap { shape in
            let end = offset + shape.count
            defer { offset = end }
            return stride(from: offset, to: end, by: segment).map { Segment(range: $0..<min($0 + segment, end), isWeight: shape.isWeight) }
        }
    }

    package var chains: [Float] { parts.flatMap(\.chains) }

    /// Computes the gradient of the frames with these numbers, in as many parts as there are for so many frames.
    ///
    /// - Returns: the sum of the squared errors of reconstruction.
    package func run(_ parameters: [Float], _ windows: FrameWindows, _ numbers: ArraySlice<Int>, _ random: RandomSource, _ workers: Workers)
        -> Double
    {
        used = Self.number(numbers.count)
        let (parts, used) = (parts, used)
        let scale = 1 / Float(numbers.count)
        let errors = workers.map(used) { part in
            let own = Self.rows(of: part, used, numbers.count)
            let mine = numbers[numbers.startIndex + own.lowerBound..<numbers.startIndex + own.upperBound]
            return parameters.withUnsafeBufferPointer { θ in
                guard let θ = θ.baseAddress else { return 0.0 }
                return parts[part].run(θ, windows, mine, scale: scale, random: random.stream(part))
            }
        }
        return errors.reduce(0, +)
    }

    /// The gradient that `run` has computed.
    package var gradient: [Float] {
        for segment in segments { Self.sum(parts[..<used], segment.range) }
        return Array(UnsafeBufferPointer(start: parts[0].gradient.pointer, count: count))
    }

    /// Adds the parts' gradients up in the first of them, in order.
    private static func sum(_ parts: ArraySlice<BatchPart>, _ range: Range<Int>) {
        let total = parts[0].gradient.pointer + range.lowerBound
        for part in parts.dropFirst() { ck_add_column_sums(1, range.count, part.gradient.pointer + range.lowerBound, total) }
    }

    /// Takes the parameters a step up the gradient that `run` has computed.
    package func step(
        _ parameters: inout [Float], _ velocity: inout [Float], rate: Float, momentum: Float, decay: Float, _ workers: Workers
    ) {
        precondition(parameters.count == count && velocity.count == count, "parameters of another machine")
        let (parts, used, segments) = (parts, used, segments)
        parameters.withUnsafeMutableBufferPointer { allParameters in
            velocity.withUnsafeMutableBufferPointer { allVelocities in
                guard let first = allParameters.baseAddress, let firstVelocity = allVelocities.baseAddress else { return }
                // Each piece of the work writes its own segment alone.
                nonisolated(unsafe) let (θ, velocity) = (first, firstVelocity)
                workers.forEach(segments.count) { number in
                    let (at, n) = (segments[number].range.lowerBound, segments[number].range.count)
                    Self.sum(parts[..<used], segments[number].range)
                    ck_momentum(
                        n, rate, momentum, segments[number].isWeight ? decay : 0, parts[0].gradient.pointer + at, velocity + at, θ + at)
                }
            }
        }
    }
}
