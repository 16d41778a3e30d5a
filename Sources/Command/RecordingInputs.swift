import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport
import Synchronization

/// The recordings that the inputs of a command name: files, the audio files of folders, and `-` for standard input. Folders are walked lazily.
struct RecordingInputs: Sequence, Sendable {
    /// One recording, or the error of an input.
    enum Element: Sendable {
        case recording(Found)
        case failed(input: String, error: any Error)
    }

    struct Found: Sendable {
        let path: String
        /// The position of the input.
        let input: Int
        /// Path below the input, if that is a folder.
        let below: String?
    }

    private let inputs: [String]
    private let names: ResultNames
    private let passedOver = PassedOverTotal()

    init(_ inputs: [String]) {
        self.inputs = inputs
        names = ResultNames(inputs)
    }

    /// Whether there can be more than one recording.
    var areMany: Bool { inputs.count > 1 || inputs.contains(where: isFolder) }

    /// The number of recordings.
    var count: Int { reduce(0) { count, _ in count + 1 } }

    /// Other files found in folders; complete once `shared` or `batch` is exhausted.
    var passedOverSentence: String? { passedOver.total.withLock { $0.sentence } }

    /// A name for the result of a recording.
    func name(of found: Found) -> String { names.name(of: found.path, input: found.input, below: found.below) }

    func makeIterator() -> Iterator { Iterator(inputs, nil) }

    /// The recordings one by one, for any thread; nil at the end.
    func shared() -> @Sendable () -> Element? {
        let iterator = SharedIterator(inputs, passedOver)
        return { iterator.next() }
    }

    struct Iterator: IteratorProtocol {
        private let inputs: [String]
        private let passedOver: PassedOverTotal?
        private var number = -1
        private var walk: FolderWalk?
        private var isEmpty = true

        fileprivate init(_ inputs: [String], _ passedOver: PassedOverTotal?) {
            self.inputs = inputs
            self.passedOver = passedOver
        }

        mutating func next() -> Element? {
            while true {
                if let item = walk?.next() {
                    isEmpty = false
                    switch item {
                    case .file(let below):
                        return .recording(Found(path: walk?.path(of: below) ?? below, input: number, below: below))
                    case .problem(let problem): return .failed(input: problem.path, error: AudioError(problem))
                    }
                }
                if let finished = walk.take() {
                    passedOver?.total.withLock { $0.add(finished.passedOver) }
                    if isEmpty { return .failed(input: inputs[number], error: AudioError.noAudioFiles(folder: inputs[number])) }
                }
                guard number + 1 < inputs.count else { return nil }
                number += 1
                let input = inputs[number]
                guard input != "-", isFolder(input) else { return .recording(Found(path: input, input: number, below: nil)) }
                isEmpty = true
                do { walk = try AudioFile.walk(folder: input) } catch { return .failed(input: input, error: error) }
            }
        }
    }
}

extension RecordingInputs {
    /// The recordings as audio, without inputs that failed. Of each channel separately, it is their mix.
    ///
    /// - Parameter standardInput: the file that holds standard input.
    func segments(_ channels: BatchInput.Channels, standardInput: String?) -> AnySequence<AudioSegment> {
        let channel = if case .one(let channel) = channels { channel } else { ChannelSelection.mix }
        let standardInput = standardInput ?? "-"
        return AnySequence(
            self.lazy.compactMap { (element: Element) -> AudioSegment? in
                guard case .recording(let found) = element else { return nil }
                return AudioSegment(path: found.path == "-" ? standardInput : found.path, channel: channel)
            })
    }

    /// The same as the inputs of a batch.
    struct Batch: Sequence, Sendable {
        fileprivate let recordings: RecordingInputs
        fileprivate let channels: BatchInput.Channels
        fileprivate let standardInput: String?

        func makeIterator() -> AnyIterator<BatchInput> {
            var all = RecordingInputs.Iterator(recordings.inputs, recordings.passedOver)
            return AnyIterator { all.next().map(input) }
        }

        private func input(_ element: RecordingInputs.Element) -> BatchInput {
            switch element {
            case .failed(let input, let error): return .failed(PredictionFailure(file: input, error: error))
            case .recording(let found):
                var recording =
                    found.path == "-"
                    ? BatchInput.Recording(path: standardInput ?? "-", name: "-", title: "standard input")
                    : BatchInput.Recording(path: found.path)
                recording.channels = channels
                recording.resultName = recordings.name(of: found)
                return .recording(recording)
            }
        }
    }

    /// - Parameter standardInput: the file that holds standard input.
    func batch(_ channels: BatchInput.Channels, standardInput: String?) -> Batch {
        Batch(recordings: self, channels: channels, standardInput: standardInput)
    }
}

/// The files of all folders that are not recordings.
private final class PassedOverTotal: Sendable {
    let total = Mutex(PassedOver())
}

/// An iterator that threads share.
private final class SharedIterator: Sendable {
    private let iterator: Mutex<RecordingInputs.Iterator>

    init(_ inputs: [String], _ passedOver: PassedOverTotal) { iterator = Mutex(RecordingInputs.Iterator(inputs, passedOver)) }

    func next() -> RecordingInputs.Element? { iterator.withLock { $0.next() } }
}
