import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import Synchronization

/// An entry of a batch: a recording, or why there is none, as of a folder without audio files.
package enum BatchInput: Sendable {
    case recording(Recording)
    case failed(PredictionFailure)

    /// A recording to recognise.
    package struct Recording: Sendable, Equatable {
        /// Where it lies: a file in any format that `AudioReader` reads.
        package var path: String
        /// `Prediction.file`, such as `-` for a recording that came by standard input.
        package var name: String
        /// What errors call it, such as `standard input`.
        package var title: String

        /// - Parameters:
        ///   - name: the path unless given.
        ///   - title: the name unless given.
        package init(path: String, name: String? = nil, title: String? = nil) {
            self.path = path
            self.name = name ?? path
            self.title = title ?? name ?? path
        }
    }

    fileprivate var recording: Recording? { if case .recording(let recording) = self { recording } else { nil } }
}

extension BatchInput.Recording {
    /// An error of its recognition, about the title in place of the path.
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
    /// Recognises recordings, several at a time, and hands their outcomes over in order, each as soon as it and all before it are there.
    ///
    /// A recording that fails is an outcome too, and the others go on.
    ///
    /// - Parameters:
    ///   - timeline: also decides for each of its segments.
    ///   - progress: is called with the number of finished recordings, from several threads.
    ///   - deliver: is called with one outcome at a time. What it throws ends the work.
    /// - Throws: what `deliver` throws; `Cancelled` on request, with a beginning of the outcomes delivered.
    package func predict(
        all inputs: [BatchInput], timeline: Timeline? = nil, workers: Workers = Workers(),
        progress: @Sendable (_ done: Int) -> Void = { _ in }, deliver: @escaping @Sendable (PredictionOutcome) throws -> Void
    ) throws {
        let delivery = OrderedDelivery(deliver)
        let groups = Self.groups(of: inputs, threads: workers.threads)
        workers.forEach(groups.count) { number in
            guard !cancellation.isCancelled, !delivery.hasFailed else { return }
            for (index, outcome) in zip(groups[number], outcomes(of: inputs[groups[number]], timeline)) {
                // A cancelled recording has no outcome, nor have those after it.
                guard let outcome else { return }
                delivery.add(outcome, at: index)
            }
            progress(delivery.count)
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

    /// Bytes of files that one thread takes at a time: many short recordings, which gain by being recognised side by side, or a long one,
    /// beside which other threads go on.
    private static let groupBytes = 8_000_000

    /// Neighbours that one thread takes together, as many as leave all threads something to do.
    private static func groups(of inputs: [BatchInput], threads: Int) -> [Range<Int>] {
        let rounds = (inputs.count + groupSize * threads - 1) / (groupSize * threads)
        let largest = max(1, inputs.count / max(1, rounds * threads))
        var groups: [Range<Int>] = []
        var bytes = 0
        for (index, input) in inputs.enumerated() {
            // What cannot be read takes no time: it fails when it is opened.
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

/// Hands outcomes on in their order, each as soon as all before it are there.
private final class OrderedDelivery: Sendable {
    private struct State {
        var waiting: [Int: PredictionOutcome] = [:]
        var next = 0
        var count = 0
        /// The first error of the receiver; then nothing more is delivered.
        var error: (any Error)?
    }

    private let state = Mutex(State())
    private let deliver: @Sendable (PredictionOutcome) throws -> Void

    init(_ deliver: @escaping @Sendable (PredictionOutcome) throws -> Void) {
        self.deliver = deliver
    }

    /// Outcomes so far, delivered or waiting.
    var count: Int { state.withLock { $0.count } }

    var hasFailed: Bool { state.withLock { $0.error != nil } }

    func add(_ outcome: PredictionOutcome, at index: Int) {
        state.withLock { state in
            state.waiting[index] = outcome
            state.count += 1
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
