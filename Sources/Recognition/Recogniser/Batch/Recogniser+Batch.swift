import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import Synchronization

/// Decides which recordings of a batch are recognised, and receives the outcomes.
package protocol BatchReceiver: Sendable {
    /// What is known about a recording before it is recognised.
    associatedtype Context: Sendable
    /// What is left of an input when it is finished.
    associatedtype Note: Sendable

    /// Called on any thread before a recording is recognised.
    func begin(_ recording: BatchInput.Recording) -> BatchStep<Context, Note>

    /// Called on any thread with the outcomes of an input, one per channel. `context` is nil for an input without a recording.
    func finish(_ input: BatchInput, _ context: Context?, _ outcomes: [PredictionOutcome]) -> Note

    /// The size of a note in units of a segment, for the limit on notes that wait for delivery.
    func size(of note: Note) -> Int

    /// Called with one note at a time, in the order of the inputs. An error ends the batch.
    func deliver(_ note: Note) throws
}

/// What to do with a recording of a batch.
package enum BatchStep<Context: Sendable, Note: Sendable>: Sendable {
    /// Recognise it.
    case recognise(Context)
    /// It is finished already.
    case skip(Note)
}

extension Recogniser {
    /// Recognises recordings in parallel and delivers their outcomes in input order, each as early as possible.
    ///
    /// A recording that fails is an outcome too; it does not stop the others. Memory does not grow with the number of inputs, which are read as
    /// they are needed.
    ///
    /// - Parameters:
    ///   - inputs: the recordings.
    ///   - timeline: how to cut each recording into segments; nil for one decision per recording.
    ///   - workers: the threads to use.
    ///   - progress: called with the number of finished inputs, in rising order, one call at a time, from several threads.
    ///   - deliver: called with one outcome at a time. An error that it throws stops the batch.
    /// - Throws: the errors of `deliver`; `Cancelled` on request, after the first outcomes were delivered.
    public func predict(
        all inputs: some Sequence<BatchInput> & Sendable, timeline: Timeline? = nil, workers: Workers = Workers(),
        progress: @Sendable (_ done: Int) -> Void = { _ in }, deliver: @escaping @Sendable (PredictionOutcome) throws -> Void
    ) throws {
        try predict(all: inputs, timeline: timeline, workers: workers, progress: progress, OutcomeReceiver(receive: deliver))
    }

    /// The same for a receiver that can skip recordings and keeps notes in place of outcomes.
    package func predict<Receiver: BatchReceiver>(
        all inputs: some Sequence<BatchInput> & Sendable, timeline: Timeline?, workers: Workers,
        progress: @Sendable (_ done: Int) -> Void = { _ in }, _ receiver: Receiver
    ) throws {
        let delivery = OrderedDelivery<Receiver.Note>(limit: Self.mostHeld, receiver.deliver)
        let groups = SharedGroups(inputs, threads: workers.threads * workers.processes.count)
        let finished = Mutex(0)
        let remote = RemoteGroups(delivery, receiver, cancellation) { groups.next() }
        SharedWork.lead(workers.processes, offer: remote.offer, receive: remote.receive) {
            recognise(groups, timeline, workers, receiver, delivery) { count in
                // Counted and reported under one lock: otherwise two threads could both report the last number.
                finished.withLock {
                    $0 += count
                    progress($0)
                }
            }
        }
        try delivery.finish()
        try cancellation.check()
    }

    // More than five parameters: what all threads share.
    /// The work of this process's threads.
    private func recognise<Inputs: Sequence<BatchInput> & Sendable, Receiver: BatchReceiver>(
        _ groups: SharedGroups<Inputs>, _ timeline: Timeline?, _ workers: Workers, _ receiver: Receiver,
        _ delivery: OrderedDelivery<Receiver.Note>, groupDone: @Sendable (_ count: Int) -> Void
    ) {
        workers.forEach(workers.threads) { _ in
            while !cancellation.isCancelled, delivery.waitForRoom(), let group = groups.next() {
                var index = group.start
                delivering: for inputs in group.inputs.groups(of: isBatched ? Self.groupSize : 1) {
                    for note in notes(of: inputs, timeline, receiver) {
                        // A cancelled recording has no outcome, nor have those after it.
                        guard let note else { break delivering }
                        delivery.add(note, size: receiver.size(of: note), at: index)
                        index += 1
                    }
                }
                guard !cancellation.isCancelled else { break }
                groupDone(group.inputs.count)
            }
            if cancellation.isCancelled { delivery.close() }
        }
    }

    /// Largest number of segments that wait for the delivery of an earlier recording, at about 500 bytes each.
    private static let mostHeld = 20_000

    /// The notes of neighbours; nil for what was cancelled.
    private func notes<Receiver: BatchReceiver>(
        of inputs: [BatchInput], _ timeline: Timeline?, _ receiver: Receiver
    ) -> [Receiver.Note?] {
        let started = StartedInputs(inputs, receiver)
        return started.notes(outcomes(of: started.pending, timeline))
    }

    /// For each recording its outcomes, one per channel; nil for what was cancelled.
    func outcomes(of recordings: [BatchInput.Recording], _ timeline: Timeline?) -> [[PredictionOutcome]?] {
        let parts = recordings.map { recording in Result { () throws(AudioError) in try recording.segments() } }
        let segments = parts.flatMap { (try? $0.get()) ?? [] }
        // A recording may have many channels, so there may be more segments than a group has recordings.
        var results = segments.groups(of: Self.groupSize).flatMap { predict($0, timeline: timeline) }[...]
        return zip(recordings, parts).map { recording, parts in
            switch parts {
            case .failure(let error):
                return [.failure(PredictionFailure(file: recording.name, error: recording.naming(error, channel: nil)))]
            case .success(let segments):
                let outcomes = segments.map { segment in results.popFirst().flatMap { recording.outcome($0, of: segment) } }
                return outcomes.contains { $0 == nil } ? nil : outcomes.compactMap(\.self)
            }
        }
    }
}

/// Neighbours of a batch that the receiver has begun.
struct StartedInputs<Receiver: BatchReceiver>: Sendable {
    let inputs: [BatchInput]
    private let receiver: Receiver
    private let steps: [BatchStep<Receiver.Context, Receiver.Note>?]

    init(_ inputs: [BatchInput], _ receiver: Receiver) {
        self.inputs = inputs
        self.receiver = receiver
        steps = inputs.map { $0.recording.map(receiver.begin) }
    }

    /// The recordings to recognise.
    var pending: [BatchInput.Recording] {
        zip(inputs, steps).compactMap { input, step in
            if case .recognise? = step { input.recording } else { nil }
        }
    }

    /// The notes of all inputs; nil for what was cancelled.
    ///
    /// - Parameter outcomes: those of `pending`.
    func notes(_ outcomes: [[PredictionOutcome]?]) -> [Receiver.Note?] {
        var outcomes = outcomes[...]
        return zip(inputs, steps).map { input, step in
            switch (input, step) {
            case (_, .skip(let note)?): note
            case (.failed(let failure), _): receiver.finish(input, nil, [.failure(failure)])
            case (.recording, .recognise(let context)?): (outcomes.popFirst() ?? nil).map { receiver.finish(input, context, $0) }
            case (.recording, nil): nil
            }
        }
    }
}

extension BatchInput.Recording {
    /// The parts of the file that are recordings of their own.
    fileprivate func segments() throws(AudioError) -> [AudioSegment] {
        switch channels {
        case .one(let selection): [AudioSegment(path: path, channel: selection)]
        case .each: (1...(try AudioFile.channelCount(path: path))).map { AudioSegment(path: path, channel: .channel($0)) }
        }
    }

    /// The outcome for one part; nil if it was cancelled.
    fileprivate func outcome(_ result: Result<Prediction, any Error>, of segment: AudioSegment) -> PredictionOutcome? {
        var number: Int?
        if channels == .each, case .channel(let channel) = segment.channel { number = channel }
        do {
            var prediction = try result.get()
            prediction.file = name
            prediction.channel = number
            return .success(prediction)
        } catch is Cancelled { return nil } catch {
            return .failure(PredictionFailure(file: name, channel: number, error: naming(error, channel: number)))
        }
    }
}

/// Delivers outcomes as they are.
private struct OutcomeReceiver: BatchReceiver {
    let receive: @Sendable (PredictionOutcome) throws -> Void

    func begin(_ recording: BatchInput.Recording) -> BatchStep<Void, [PredictionOutcome]> { .recognise(()) }
    func finish(_ input: BatchInput, _ context: Void?, _ outcomes: [PredictionOutcome]) -> [PredictionOutcome] { outcomes }
    func size(of note: [PredictionOutcome]) -> Int { note.reduce(0) { $0 + $1.size } }
    func deliver(_ note: [PredictionOutcome]) throws { for outcome in note { try receive(outcome) } }
}

extension PredictionOutcome {
    /// In units of a segment.
    package var size: Int { if case .success(let prediction) = self { 1 + (prediction.segments?.count ?? 0) } else { 1 } }
}
