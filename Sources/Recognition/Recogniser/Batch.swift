import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import Synchronization

/// An input of a batch: a recording, or the reason why there is none, such as a folder without audio files.
public enum BatchInput: Sendable {
    /// A recording to recognise.
    case recording(Recording)
    /// An input without a recording; the failure becomes its outcome.
    case failed(PredictionFailure)

    /// A recording to recognise.
    public struct Recording: Sendable, Equatable {
        /// The path of a file in any format that `AudioReader` reads.
        public var path: String
        /// The name in predictions (`Prediction.file`), such as `-` for standard input.
        public var name: String
        /// The name in errors, such as `standard input`.
        public var title: String

        /// A recording to recognise, with its names.
        ///
        /// - Parameters:
        ///   - path: the path of a file.
        ///   - name: the name in predictions; nil for the path.
        ///   - title: the name in errors; nil for the name in predictions.
        public init(path: String, name: String? = nil, title: String? = nil) {
            self.path = path
            self.name = name ?? path
            self.title = title ?? name ?? path
        }
    }

    fileprivate var recording: Recording? { if case .recording(let recording) = self { recording } else { nil } }
}

extension BatchInput.Recording {
    /// The same error with the title in place of the path.
    func naming(_ error: any Error) -> any Error {
        guard title != path else { return error }
        switch error {
        case let error as AudioError: return error.naming(title, insteadOf: path)
        case FeatureError.audio(let error): return FeatureError.audio(error.naming(title, insteadOf: path))
        case FeatureError.tooShort(path, let samples, let needed):
            return FeatureError.tooShort(file: title, samples: samples, needed: needed)
        case FeatureError.silent(path): return FeatureError.silent(file: title)
        case FeatureError.notFinite(path, let sample): return FeatureError.notFinite(file: title, sample: sample)
        case let error as RecogniserError: return error.naming(title)
        default: return error
        }
    }
}

extension Recogniser {
    /// Recognises recordings in parallel and delivers their outcomes in input order, each as early as possible.
    ///
    /// A recording that fails is an outcome too; it does not stop the others.
    ///
    /// - Parameters:
    ///   - inputs: the recordings.
    ///   - timeline: how to cut each recording into segments; nil for one decision per recording.
    ///   - workers: the threads to use.
    ///   - progress: called with the number of finished recordings, in rising order, one call at a time, from several threads.
    ///   - deliver: called with one outcome at a time. An error that it throws stops the batch.
    /// - Throws: the errors of `deliver`, and `Cancelled` on request, after the first outcomes were delivered.
    public func predict(
        all inputs: [BatchInput], timeline: Timeline? = nil, workers: Workers = Workers(),
        progress: @Sendable (_ done: Int) -> Void = { _ in }, deliver: @escaping @Sendable (PredictionOutcome) throws -> Void
    ) throws {
        let delivery = OrderedDelivery(deliver)
        let groups = Self.groups(of: inputs, threads: workers.threads)
        let finished = Mutex(0)
        workers.forEach(groups.count) { number in
            guard !cancellation.isCancelled, !delivery.hasFailed else { return }
            for (index, outcome) in zip(groups[number], outcomes(of: inputs[groups[number]], timeline)) {
                // A cancelled recording has no outcome, nor have those after it.
                guard let outcome else { return }
                delivery.add(outcome, at: index)
            }
            // Counted and reported under one lock: otherwise two threads could both report the last number.
            finished.withLock {
                $0 += groups[number].count
                progress($0)
            }
        }
        try delivery.finish()
        try cancellation.check()
    }

    /// The outcomes of neighbours; nil for what was cancelled.
    private func outcomes(of inputs: ArraySlice<BatchInput>, _ timeline: Timeline?) -> [PredictionOutcome?] {
        var results = predict(paths: inputs.compactMap { $0.recording?.path }, timeline: timeline)[...]
        return inputs.map { input in
            switch input {
            case .failed(let failure): return .failure(failure)
            case .recording(let recording):
                do {
                    guard var prediction = try results.popFirst()?.get() else { return nil }
                    prediction.file = recording.name
                    return .success(prediction)
                } catch is Cancelled { return nil } catch {
                    return .failure(PredictionFailure(file: recording.name, error: recording.naming(error)))
                }
            }
        }
    }

    /// Limit of a group in bytes: many short recordings, which are faster as one batch, or a single long one, so that other threads get the rest.
    private static let groupBytes = 8_000_000

    /// Divides the inputs into groups of neighbours, one per thread and round.
    private static func groups(of inputs: [BatchInput], threads: Int) -> [Range<Int>] {
        let rounds = (inputs.count + groupSize * threads - 1) / (groupSize * threads)
        let largest = max(1, inputs.count / max(1, rounds * threads))
        var groups: [Range<Int>] = []
        var bytes = 0
        for (index, input) in inputs.enumerated() {
            // A file that cannot be read fails when it is opened, at no cost.
            let size = input.recording.flatMap { FileStatus(path: $0.path) }?.size ?? 0
            if let last = groups.last, last.count < largest, bytes + size <= groupBytes {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
                bytes = 0
            }
            bytes += size
        }
        return groups
    }
}

/// Delivers outcomes in input order, each as soon as its predecessors are delivered.
private final class OrderedDelivery: Sendable {
    private struct State {
        var waiting: [Int: PredictionOutcome] = [:]
        var next = 0
        /// The first error of `deliver`; nothing is delivered after it.
        var error: (any Error)?
    }

    private let state = Mutex(State())
    private let deliver: @Sendable (PredictionOutcome) throws -> Void

    init(_ deliver: @escaping @Sendable (PredictionOutcome) throws -> Void) {
        self.deliver = deliver
    }

    var hasFailed: Bool { state.withLock { $0.error != nil } }

    func add(_ outcome: PredictionOutcome, at index: Int) {
        state.withLock { state in
            state.waiting[index] = outcome
            while state.error == nil, let ready = state.waiting.removeValue(forKey: state.next) {
                do { try deliver(ready) } catch { state.error = error }
                state.next += 1
            }
        }
    }

    /// - Throws: the first error that `deliver` threw.
    func finish() throws {
        if let error = state.withLock({ $0.error }) { throw error }
    }
}
