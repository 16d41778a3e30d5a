import StimmungAudio
import StimmungSupport
import Synchronization

/// The groups of a batch that other processes recognise, in the leading process: what they recognised is finished and delivered here.
final class RemoteGroups<Receiver: BatchReceiver>: Sendable {
    private struct Group {
        let start: Int
        let started: StartedInputs<Receiver>
    }

    private let delivery: OrderedDelivery<Receiver.Note>
    private let receiver: Receiver
    private let cancellation: Cancellation
    private let next: @Sendable () -> BatchGroup?
    private let groups = Mutex<[Int: Group]>([:])

    init(
        _ delivery: OrderedDelivery<Receiver.Note>, _ receiver: Receiver, _ cancellation: Cancellation,
        next: @escaping @Sendable () -> BatchGroup?
    ) {
        self.delivery = delivery
        self.receiver = receiver
        self.cancellation = cancellation
        self.next = next
    }

    /// The next group that has something to recognise.
    @Sendable func offer() -> SharedWork.Offer {
        while true {
            guard !cancellation.isCancelled, let hasRoom = delivery.hasRoom else { return cancellation.isCancelled ? .none : .later }
            guard hasRoom, let found = next() else { return .none }
            let group = Group(start: found.start, started: StartedInputs(found.inputs, receiver))
            let pending = group.started.pending
            guard pending.isEmpty else {
                groups.withLock { $0[group.start] = group }
                return .piece(number: group.start, request: transferred(pending.map(TransferredRecording.init)))
            }
            deliver(group, [])
        }
    }

    @Sendable func receive(_ reply: SharedWork.Reply) {
        guard case .result(let number, let bytes) = reply, let group = groups.withLock({ $0.removeValue(forKey: number) }) else { return }
        let outcomes = try? received([[TransferredOutcome]?].self, bytes)
        deliver(group, outcomes?.map { $0?.map(\.outcome) } ?? [])
    }

    private func deliver(_ group: Group, _ outcomes: [[PredictionOutcome]?]) {
        for (place, note) in group.started.notes(outcomes).enumerated() {
            guard let note else {
                // The other process was told to stop; this one too, or nothing behind the gap would be delivered.
                cancellation.cancel()
                return delivery.close()
            }
            delivery.add(note, size: receiver.size(of: note), at: group.start + place)
        }
    }
}

extension Recogniser {
    /// Recognises recordings for the leading process, until there are no more.
    ///
    /// - Parameter remedy: a sentence that the program adds to an error.
    package func assist(timeline: Timeline?, workers: Workers, remedy: @escaping @Sendable (any Error) -> String?) {
        let labels = model.labels
        SharedWork.follow(workers) { request, _ in
            let recordings = (try? received([TransferredRecording].self, request)) ?? []
            let results = recordings.map(\.recording).groups(of: isBatched ? Self.groupSize : 1).flatMap { outcomes(of: $0, timeline) }
            return transferred(results.map { $0?.map { TransferredOutcome($0, labels, remedy) } })
        }
    }
}

/// A recording for another process.
private struct TransferredRecording: Codable {
    private let path: String
    private let name: String
    private let title: String
    /// The number of a channel from 1; 0 and below for the other choices.
    private let channels: Int

    init(_ recording: BatchInput.Recording) {
        path = recording.path
        name = recording.name
        title = recording.title
        channels =
            switch recording.channels {
            case .one(.channel(let number)): number
            case .one(.mix): 0
            case .one(.first): -1
            case .one(.louder): -2
            case .each: -3
            }
    }

    var recording: BatchInput.Recording {
        var recording = BatchInput.Recording(path: path, name: name, title: title)
        recording.channels =
            switch channels {
            case 0: .one(.mix)
            case -1: .one(.first)
            case -2: .one(.louder)
            case -3: .each
            default: .one(.channel(channels))
            }
        return recording
    }
}

/// The outcome for a recording from another process.
private struct TransferredOutcome: Codable {
    private struct Failure: Codable {
        let file: String
        let channel: Int?
        let error: RemoteFailure
    }

    private var prediction: Prediction?
    private var failure: Failure?
    /// The order of the classes, which the JSON of a prediction does not keep.
    private let labels: [String]

    init(_ outcome: PredictionOutcome, _ labels: [String], _ remedy: (any Error) -> String?) {
        self.labels = labels
        switch outcome {
        case .success(let prediction): self.prediction = prediction
        case .failure(let failure):
            self.failure = Failure(
                file: failure.file, channel: failure.channel, error: RemoteFailure(failure.error, remedy: remedy(failure.error)))
        }
    }

    var outcome: PredictionOutcome {
        if var prediction {
            prediction.probabilities = sorted(prediction.probabilities)
            prediction.segments = prediction.segments?.map {
                var segment = $0
                segment.probabilities = sorted(segment.probabilities)
                return segment
            }
            return .success(prediction)
        }
        let (file, channel) = (failure?.file ?? "", failure?.channel)
        return .failure(PredictionFailure(file: file, channel: channel, error: failure?.error ?? RemoteFailure(Cancelled())))
    }

    private func sorted(_ probabilities: [ClassProbability]) -> [ClassProbability] {
        guard !probabilities.isEmpty else { return [] }
        let values = Dictionary(probabilities.map { ($0.label, $0.probability) }, uniquingKeysWith: { first, _ in first })
        return labels.map { ClassProbability(label: $0, probability: values[$0] ?? .nan) }
    }
}
