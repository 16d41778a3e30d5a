import Foundation
import Stimmung
import StimmungSupport
import Synchronization

/// Reports failures and warnings on standard error, and counts recordings.
struct PredictionReporter: Sendable {
    let progress: BatchProgress
    let format: PredictionFormat
    /// Whether results appear on the same terminal. Failures that are part of the results are then not repeated.
    let sharesTerminal: Bool

    func report(_ outcomes: [PredictionOutcome]) {
        for outcome in outcomes {
            switch outcome {
            case .failure(let failure):
                if !(sharesTerminal && format.holdsFailures) { progress.line.complain("stimmung: \(failure)".printable) }
            case .success(let prediction):
                guard !format.holdsFailures else { continue }
                for warning in prediction.warnings {
                    let file = titled(prediction.file, channel: prediction.channel)
                    progress.line.complain("stimmung: warning: \(file): \(warning.message)".printable)
                }
            }
        }
    }

    func count(_ outcomes: [PredictionOutcome]) {
        progress.add(outcomes.contains { if case .failure = $0 { true } else { false } } ? .failed : .done)
    }
}

extension PredictionOutcome {
    /// The same, with a remedy for a failure.
    var withRemedy: PredictionOutcome {
        guard case .failure(var failure) = self else { return self }
        failure.remedy = remedy(for: failure.error)
        return .failure(failure)
    }
}

/// One document, written incrementally in the order of the recordings.
final class DocumentReceiver: BatchReceiver {
    typealias Note = (name: String?, outcomes: [PredictionOutcome])

    private let writer: Mutex<PredictionWriter>
    private let reporter: PredictionReporter
    private let onPrediction: (@Sendable (Prediction) throws -> Void)?
    private let write: @Sendable (String) throws -> Void

    init(
        _ writer: PredictionWriter, _ reporter: PredictionReporter, onPrediction: (@Sendable (Prediction) throws -> Void)?,
        write: @escaping @Sendable (String) throws -> Void
    ) {
        self.onPrediction = onPrediction
        self.writer = Mutex(writer)
        self.reporter = reporter
        self.write = write
    }

    func begin() throws { try write(writer.withLock { $0.begin() }) }

    func begin(_ recording: BatchInput.Recording) -> BatchStep<Void, Note> { .recognise(()) }

    func finish(_ input: BatchInput, _ context: Void?, _ outcomes: [PredictionOutcome]) -> Note {
        reporter.count(outcomes)
        return (input.resultName, outcomes.map(\.withRemedy))
    }

    func size(of note: Note) -> Int { note.outcomes.reduce(0) { $0 + $1.size } }

    func deliver(_ note: Note) throws {
        reporter.report(note.outcomes)
        for outcome in note.outcomes {
            try write(writer.withLock { try $0.item(outcome, name: note.name) })
            if case .success(let prediction) = outcome { try onPrediction?(prediction) }
        }
    }

    func end() throws { try write(writer.withLock { $0.end() }) }
}

/// One file per recording, with its path on standard output.
struct FolderReceiver: BatchReceiver {
    /// What is reported in the order of the recordings.
    struct Note: Sendable {
        var files: [String] = []
        var outcomes: [PredictionOutcome] = []
    }

    let folder: PredictionFolder
    let finished: FinishedRecordings?
    /// Whether finished recordings are skipped.
    let resumes: Bool
    let inputs: NamedInputs
    let failures: FailureList
    let reporter: PredictionReporter

    func begin(_ recording: BatchInput.Recording) -> BatchStep<ContentHash?, Note> {
        guard let finished, let content = finished.content(of: recording), let name = recording.resultName else { return .recognise(nil) }
        guard resumes, finished.contains(recording, content, name: name) else { return .recognise(content) }
        reporter.progress.add(.skipped)
        return .skip(Note())
    }

    func finish(_ input: BatchInput, _ context: ContentHash??, _ outcomes: [PredictionOutcome]) -> Note {
        var note = Note()
        for outcome in outcomes {
            let outcome = outcome.withRemedy
            note.outcomes.append(outcome.withoutSegments)
            guard let name = input.resultName else { continue }
            do {
                try inputs.check(folder.file(name, channel: outcome.channel), in: folder.path, isOurs: finished?.knows(name) ?? false)
                if let file = try folder.write(outcome, as: name) { note.files.append(file) }
            } catch {
                note.outcomes.append(.failure(PredictionFailure(file: outcome.file, channel: outcome.channel, error: error)))
            }
        }
        do { try remember(input, context ?? nil, note) } catch {
            note.outcomes.append(.failure(PredictionFailure(file: input.name, error: error)))
        }
        reporter.count(note.outcomes)
        return note
    }

    private func remember(_ input: BatchInput, _ content: ContentHash?, _ note: Note) throws {
        guard let finished, case .recording(let recording) = input, let name = recording.resultName else { return }
        if let content, note.failures.isEmpty {
            try finished.add(recording, content, name: name, files: note.files)
        } else {
            try finished.remove(name: name)
        }
    }

    func size(of note: Note) -> Int { 1 + note.outcomes.count }

    func deliver(_ note: Note) throws {
        reporter.report(note.outcomes)
        note.failures.forEach(failures.add)
        for file in note.files { try StandardOutput.path(file) }
    }
}

extension FolderReceiver.Note {
    fileprivate var failures: [PredictionFailure] {
        outcomes.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
    }
}

extension PredictionOutcome {
    /// The same without the timeline, to free memory once it is written.
    fileprivate var withoutSegments: PredictionOutcome {
        guard case .success(var prediction) = self else { return self }
        prediction.segments = nil
        return .success(prediction)
    }
}

extension BatchInput {
    fileprivate var resultName: String? { if case .recording(let recording) = self { recording.resultName } else { nil } }

    fileprivate var name: String {
        switch self {
        case .recording(let recording): recording.name
        case .failed(let failure): failure.file
        }
    }
}
