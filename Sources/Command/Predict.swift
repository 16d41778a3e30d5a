import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungSupport
import Synchronization

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recognises the emotion of recordings.",
        discussion: """
            stimmung predict call.mp3
            stimmung predict calls/ --timeline --format jsonl > calls.jsonl
            ffmpeg … -f wav - | stimmung predict --model M.safetensors -

            Without --model the program's own model answers: trained on ten German actors (EmoDB), for anger, boredom, disgust, fear, happiness,
            neutral and sadness. It is often wrong about other voices, languages and rooms: docs/model-card.md says how often.

            Any audio or video file; a folder stands for all audio files below it, - for a file on standard input. Files are worked on side by side and
            answered in their order. One that fails is named on standard error, in JSON and CSV too; the others are still done, and the exit status is 1.
            """)

    @Argument(help: ArgumentHelp("Audio or video files, folders, or -.", valueName: "file|folder|-"))
    var inputs: [String]

    @Option(
        help: ArgumentHelp(
            "A model that \"stimmung train\" wrote. (default: $STIMMUNG_MODEL, or the one in the program)", valueName: "model"))
    var model: String?

    @Flag(help: "Also decides for each segment of the recording.")
    var timeline = false

    @Option(help: ArgumentHelp("Seconds of a segment, before equal neighbours are joined.", valueName: "seconds"))
    var window = 2.0

    @Option(help: ArgumentHelp("\(names(of: PredictionFormat.self)).", valueName: "format"))
    var format = PredictionFormat.text

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A folder that gets one file for each recording, in place of standard output.", valueName: "folder"))
    var output: String?

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if !(window >= 0.1 && window <= 86_400) { throw ValidationError("--window is \(window); allowed is 0.1 to 86400 seconds.") }
        if window != 2, !timeline { throw ValidationError("--window is for --timeline: give both.") }
        if inputs.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input can be read once only: give - once.") }
    }

    mutating func run() throws {
        let cancellation = signalCancellation
        var recogniser = try Recogniser(modelPath.map { try Model(path: $0) } ?? Model.shipped())
        recogniser.cancellation = cancellation
        let standardInput = try inputs.contains("-") ? SpooledInput(cancellation) : nil
        defer { standardInput?.remove() }
        let recordings = inputs.flatMap { input -> [Recording] in
            if input == "-" { return [Recording(name: input, file: standardInput?.path ?? input)] }
            guard isFolder(input) else { return [Recording(name: input, file: input)] }
            do { return try AudioFile.list(folder: input).map { Recording(name: $0, file: $0) } } catch {
                return [Recording(name: input, file: input, failure: "\(error)")]
            }
        }
        if format == .textgrid, recordings.count > 1, output == nil {
            throw CommandFailure(
                "A TextGrid holds one recording, and there are \(recordings.count): give --output, a folder for one file each.")
        }
        try predict(recordings, recogniser)
    }

    private var modelPath: String? { model ?? ProcessInfo.processInfo.environment["STIMMUNG_MODEL"] }

    /// What is to be recognised: its name for the user, and where it lies.
    private struct Recording {
        let name: String
        let file: String
        /// Why there is nothing to recognise: the input is a folder without recordings.
        var failure: String?
    }

    /// Bytes of files that one thread takes at a time: many short recordings, which gain by being recognised side by side, or a long one,
    /// beside which other threads go on.
    private static let groupBytes = 8_000_000

    /// Neighbours that one thread takes together, as many as leave all threads something to do.
    private func groups(of recordings: [Recording]) -> [Range<Int>] {
        let threads = compute.workers.threads
        let rounds = (recordings.count + Recogniser.groupSize * threads - 1) / (Recogniser.groupSize * threads)
        let largest = max(1, recordings.count / max(1, rounds * threads))
        var groups: [Range<Int>] = []
        var bytes = 0
        for (index, recording) in recordings.enumerated() {
            let size = (try? FileManager.default.attributesOfItem(atPath: recording.file)[.size] as? NSNumber)?.intValue ?? 0
            if let last = groups.last, last.count < largest, bytes + size <= Self.groupBytes {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
                bytes = 0
            }
            bytes += size
        }
        return groups
    }

    private func predict(_ recordings: [Recording], _ recogniser: Recogniser) throws {
        let progress = ProgressLine(quiet: compute.quiet || recordings.count < 2)
        defer { progress.finish() }
        let output = OrderedOutput(try destination(recogniser.model.labels))
        try output.begin()
        let timeline = timeline ? Timeline(window: window) : nil
        let groups = groups(of: recordings)
        compute.workers.forEach(groups.count) { number in
            guard !recogniser.cancellation.isCancelled, !output.hasFailed else { return }
            let group = groups[number]
            let readable = group.filter { recordings[$0].failure == nil }
            let results = Dictionary(
                uniqueKeysWithValues: zip(readable, recogniser.predict(paths: readable.map { recordings[$0].file }, timeline: timeline)))
            for index in group {
                let recording = recordings[index]
                do {
                    guard var prediction = try results[index]?.get() else { throw CommandFailure(recording.failure ?? "") }
                    prediction.file = recording.name
                    output.add(.success(prediction), at: index)
                } catch is Cancelled {
                    return
                } catch {
                    let name = recording.name == "-" ? "standard input" : recording.name
                    let reason = "\(error)".replacingOccurrences(of: recording.file, with: name)
                    progress.complain("stimmung: \(reason)")
                    output.add(.failure(file: recording.name, error: reason), at: index)
                }
            }
            progress.update("recognised", output.count, of: recordings.count)
        }
        // An interrupted document is ended too: what it holds can be read.
        try output.end()
        if recogniser.cancellation.isCancelled { throw Cancelled() }
        if output.failures > 0 {
            progress.finish()
            if recordings.count > 1 { printToStandardError("stimmung: \(output.failures) of \(recordings.count) files failed") }
            throw ExitCode(1)
        }
    }
}

extension Predict {
    private func destination(_ classes: [String]) throws -> any PredictionDestination {
        guard let output else {
            return PredictionStream(writer: PredictionWriter(format: format, classes: classes, segments: timeline))
        }
        return PredictionFiles(folder: try PredictionFolder(path: output, format: format, classes: classes, segments: timeline))
    }
}

/// Where outcomes go, in the order of their files.
private protocol PredictionDestination: Sendable {
    func begin() throws
    mutating func add(_ outcome: PredictionOutcome) throws
    func end() throws
}

/// One document on standard output.
private struct PredictionStream: PredictionDestination {
    var writer: PredictionWriter

    func begin() throws { try StandardOutput.write(writer.begin()) }
    mutating func add(_ outcome: PredictionOutcome) throws { try StandardOutput.write(writer.item(outcome)) }
    func end() throws { try StandardOutput.write(writer.end()) }
}

/// A file for each recording; their names on standard output.
private struct PredictionFiles: PredictionDestination {
    var folder: PredictionFolder

    func begin() {}
    mutating func add(_ outcome: PredictionOutcome) throws {
        if let file = try folder.write(outcome) { try StandardOutput.line(file) }
    }
    func end() {}
}

/// Hands outcomes on in the order of the files, each as soon as all before it are there.
private final class OrderedOutput: Sendable {
    private struct State {
        var destination: any PredictionDestination
        var waiting: [Int: PredictionOutcome] = [:]
        var next = 0
        var count = 0
        var failures = 0
        /// The first error of the destination; then nothing more is written.
        var error: (any Error)?
    }

    private let state: Mutex<State>

    init(_ destination: any PredictionDestination) {
        state = Mutex(State(destination: destination))
    }

    var count: Int { state.withLock { $0.count } }
    var failures: Int { state.withLock { $0.failures } }

    /// Whether the destination takes nothing more.
    var hasFailed: Bool { state.withLock { $0.error != nil } }

    func begin() throws { try state.withLock { try $0.destination.begin() } }

    func add(_ outcome: PredictionOutcome, at index: Int) {
        state.withLock { state in
            state.waiting[index] = outcome
            state.count += 1
            if case .failure = outcome { state.failures += 1 }
            while state.error == nil, let ready = state.waiting.removeValue(forKey: state.next) {
                do { try state.destination.add(ready) } catch { state.error = error }
                state.next += 1
            }
        }
    }

    /// Throws the first error that the destination met.
    func end() throws {
        try state.withLock { state in
            if let error = state.error { throw error }
            try state.destination.end()
        }
    }
}

/// Standard input as a file, since decoders seek.
private final class SpooledInput: Sendable {
    let path: String

    init(_ cancellation: Cancellation) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "stimmung-\(UUID().uuidString)")
        path = url.path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CommandFailure("\(path) could not be written: standard input is kept there while it is read")
        }
        do {
            let file = try FileHandle(forWritingTo: url)
            while case let data = try SpooledInput.next(cancellation), !data.isEmpty { try file.write(contentsOf: data) }
            try file.close()
        } catch is Cancelled {
            remove()
            throw Cancelled()
        } catch {
            remove()
            let reason = (error as? CommandFailure)?.description ?? StimmungSupport.reason(of: error)
            throw CommandFailure("standard input could not be kept in \(path): \(reason)")
        }
    }

    /// What has come in, nothing at the end. Waits for it, but a writer who never comes must not keep Ctrl-C from working.
    private static func next(_ cancellation: Cancellation) throws -> Data {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while true {
            if cancellation.isCancelled { throw Cancelled() }
            guard poll(&input, 1, 100) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count >= 0 { return Data(buffer[..<count]) }
            if errno != EINTR && errno != EAGAIN { throw CommandFailure(systemWords()) }
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
