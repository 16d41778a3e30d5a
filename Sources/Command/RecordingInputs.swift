import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport
import Synchronization

/// The recordings that the inputs of a command name: files, the audio files of folders, and `-` for standard input.
struct RecordingInputs: Sequence, Sendable {
    /// One recording, or the reason why there is none.
    enum Element: Sendable {
        /// `name` is that of its result.
        case recording(path: String, name: String)
        case failed(input: String, error: any Error)
    }

    private let inputs: [String]
    private let names: ResultNames

    init(_ inputs: [String]) {
        self.inputs = inputs
        names = ResultNames(inputs)
    }

    /// Whether there can be more than one recording.
    var areMany: Bool { inputs.count > 1 || inputs.contains(where: isFolder) }

    /// The number of recordings.
    var count: Int { reduce(0) { count, _ in count + 1 } }

    /// Gives one recording after another to any thread that asks; nil at the end.
    func shared() -> @Sendable () -> Element? {
        let iterator = SharedIterator(self)
        return { iterator.next() }
    }

    func makeIterator() -> AnyIterator<Element> {
        let all = inputs.enumerated().lazy.flatMap { number, input -> [Element] in
            guard input != "-", isFolder(input) else { return [.recording(path: input, name: names.name(of: input, input: number))] }
            do {
                return try AudioFile.list(folder: input).map { path in
                    let below = String(path.dropFirst(input.count + (input.hasSuffix("/") ? 0 : 1)))
                    return .recording(path: path, name: names.name(of: path, input: number, below: below))
                }
            } catch { return [.failed(input: input, error: error)] }
        }
        return AnyIterator(all.makeIterator())
    }
}

extension RecordingInputs {
    /// The same as the inputs of a batch.
    struct Batch: Sequence, Sendable {
        let recordings: RecordingInputs
        let channels: BatchInput.Channels
        let standardInput: String?

        func makeIterator() -> AnyIterator<BatchInput> {
            let all = recordings.makeIterator()
            return AnyIterator { all.next().map(input) }
        }

        private func input(_ element: RecordingInputs.Element) -> BatchInput {
            switch element {
            case .failed(let input, let error): return .failed(PredictionFailure(file: input, error: error))
            case .recording(let path, let name):
                var recording =
                    path == "-"
                    ? BatchInput.Recording(path: standardInput ?? path, name: path, title: "standard input") : BatchInput.Recording(path: path)
                recording.channels = channels
                recording.resultName = name
                return .recording(recording)
            }
        }
    }

    /// - Parameter standardInput: the file that holds standard input.
    func batch(_ channels: BatchInput.Channels, standardInput: String?) -> Batch {
        Batch(recordings: self, channels: channels, standardInput: standardInput)
    }
}

/// An iterator that threads share.
private final class SharedIterator: Sendable {
    private let iterator: Mutex<AnyIterator<RecordingInputs.Element>>

    init(_ recordings: RecordingInputs) { iterator = Mutex(recordings.makeIterator()) }

    func next() -> RecordingInputs.Element? { iterator.withLock { $0.next() } }
}
