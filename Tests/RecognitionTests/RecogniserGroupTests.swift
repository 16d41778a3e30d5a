import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Synchronization
import Testing

/// Recordings that are recognised side by side are recognised as each alone.
struct RecogniserGroupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Tones and noise of the given lengths, one below and one above the ten seconds that are held of a recording among them.
    private func recordings(_ lengths: [Double]) throws -> [String] {
        try lengths.enumerated().map { number, seconds in
            var random = RandomSource(seed: 3).stream(number)
            var tones = Tones()
            tones.add(seconds: seconds / 2, amplitude: Tones.loud, frequency: 300 + 100 * Float(number))
            tones.add(seconds: seconds / 2, amplitude: 0.01 + 0.2 * random.uniform(in: 0..<1), frequency: 900)
            let path = folder.file("r\(number).wav")
            try tones.write(path)
            return path
        }
    }

    private func expectSame(_ recogniser: Recogniser, _ paths: [String], _ timeline: Timeline?) throws {
        let together = recogniser.predict(paths: paths, timeline: timeline)
        try #require(together.count == paths.count)
        for (path, result) in zip(paths, together) {
            let (one, other) = (try recogniser.predict(path: path, timeline: timeline), try result.get())
            #expect(one.file == other.file && one.label == other.label && one.duration == other.duration)
            // Products of other shapes may add in another order.
            #expect(zip(one.probabilities, other.probabilities).allSatisfy { abs($0.probability - $1.probability) < 1e-5 })
            #expect(one.segments?.map(\.label) == other.segments?.map(\.label) && one.segments?.map(\.end) == other.segments?.map(\.end))
        }
    }

    @Test(arguments: [Normalisation.none, .train, .utterance]) func likeEachAlone(normalisation: Normalisation) throws {
        var recipe = smallRecipe()
        recipe.normalisation = normalisation
        let recogniser = try Recogniser(ModelTraining(recipe: recipe, corpus: toneCorpus(in: folder)).run())
        let paths = try recordings([0.5, 3, 0.03, 9.99, 10.5, 2, 23, 2, 10.02])
        try expectSame(recogniser, paths, nil)
        try expectSame(recogniser, paths, Timeline(window: 0.5))
    }

    /// A network that looks ahead, one that joins frames, and one of functionals.
    @Test func networksOfEveryKind() throws {
        let paths = try recordings([1, 12, 0.7, 4])
        var both = smallRecipe()
        both.network = [.blstm(cells: 8)]
        var windows = smallRecipe()
        windows.network = [.context(ContextRecipe(left: 3, right: 3)), .sigmoid(units: 8)]
        for recipe in [both, windows] {
            try expectSame(Recogniser(ModelTraining(recipe: recipe, corpus: toneCorpus(in: folder)).run()), paths, nil)
        }
        try expectSame(Recogniser(Model.builtIn()), paths, nil)
    }

    /// More recordings than one batch holds, and one recording.
    @Test(arguments: [1, 40]) func anyNumber(count: Int) throws {
        let recogniser = try Recogniser(ModelTraining(recipe: smallRecipe(), corpus: toneCorpus(in: folder)).run())
        try expectSame(recogniser, recordings((0..<count).map { 0.3 + 0.1 * Double($0 % 7) }), nil)
    }

    @Test func aFailureStandsInItsPlace() throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        var paths = try recordings([1, 2])
        try Data("no sound".utf8).write(to: URL(fileURLWithPath: folder.file("text.wav")))
        paths.insert(folder.file("text.wav"), at: 1)
        paths.append(folder.file("missing.wav"))
        let results = recogniser.predict(paths: paths)
        #expect(results.map { (try? $0.get()) != nil } == [true, false, true, false])
        #expect(throws: FeatureError.self) { try results[1].get() }
        #expect(recogniser.predict(paths: []).isEmpty)
        recogniser.cancellation.cancel()
        #expect(throws: Cancelled.self) { try recogniser.predict(paths: paths)[0].get() }
    }

    @Test func aCancelledRecogniserStopsAsynchronousPredictions() async throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let file = URL(filePath: try recordings([1])[0])
        let prediction = try await recogniser.prediction(of: file)
        #expect(try prediction == recogniser.predict(path: file.path))
        recogniser.cancellation.cancel()
        await #expect(throws: Cancelled.self) { try await recogniser.prediction(of: file) }
    }

    /// Outcomes come one at a time in the order of the inputs, each with the name that its input has.
    @Test(arguments: [1, 3]) func aBatchKeepsItsOrder(threads: Int) throws {
        let recogniser = try Recogniser(try ModelParts.loudness().model(in: folder))
        let paths = try recordings([0.5, 11, 0.4, 0.6, 0.3])
        var inputs = paths.map { BatchInput.recording(.init(path: $0, name: "<\($0)>")) }
        let failure = PredictionFailure(file: "folder", error: Example.Words("no files"))
        inputs.insert(.failed(failure), at: 2)
        inputs.append(.recording(.init(path: folder.file("missing.wav"), name: "-", title: "standard input")))
        let outcomes = Mutex<[PredictionOutcome]>([])
        let largest = Atomic(0)
        try recogniser.predict(all: inputs, timeline: Timeline(), workers: Workers(threads: threads)) { done in
            largest.max(done, ordering: .relaxed)
        } deliver: { outcome in
            outcomes.withLock { $0.append(outcome) }
        }
        let all = outcomes.withLock { $0 }
        #expect(largest.load(ordering: .relaxed) == inputs.count && all.count == inputs.count)
        #expect(all[2] == .failure(failure))
        let read = all.compactMap { outcome in if case .success(let prediction) = outcome { prediction } else { nil } }
        #expect(read.map(\.file) == paths.map { "<\($0)>" })
        for (prediction, path) in zip(read, paths) {
            #expect(try prediction.label == recogniser.predict(path: path).label && prediction.segments != nil)
        }
        guard case .failure(let missing) = all.last else { throw Example.Words("a missing file is a failure") }
        #expect(missing.file == "-" && missing.description == "standard input: no such file. Check the path.")
    }

    /// A caller may take the last number for the end, so it comes once.
    @Test func progressRises() throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let inputs = try recordings([0.3, 0.4, 0.5, 0.6]).map { BatchInput.recording(.init(path: $0)) }
        for _ in 0..<50 {
            let counts = Mutex<[Int]>([])
            try recogniser.predict(all: inputs, workers: Workers(threads: 4), progress: { done in counts.withLock { $0.append(done) } }) {
                _ in
            }
            #expect(counts.withLock { $0 } == [1, 2, 3, 4])
        }
    }

    @Test func aReceiverThatFailsEndsABatch() throws {
        let recogniser = try Recogniser(try ModelParts.loudness().model(in: folder))
        let inputs = try recordings([0.5, 0.6, 0.4]).map { BatchInput.recording(.init(path: $0)) }
        let count = Atomic(0)
        #expect(throws: Example.Words.self) {
            try recogniser.predict(all: inputs) { _ in
                count.add(1, ordering: .relaxed)
                throw Example.Words("full")
            }
        }
        #expect(count.load(ordering: .relaxed) == 1)
        recogniser.cancellation.cancel()
        #expect(throws: Cancelled.self) { try recogniser.predict(all: inputs) { _ in } }
    }

    /// What is delivered before a batch is cancelled is complete: `predict --resume` keeps it.
    @Test(arguments: [0, 1] as [Float]) func aCancelledBatchDeliversWholeRecordings(peak: Float) throws {
        var recipe = smallRecipe()
        recipe.features.peak = peak
        let model = try ModelTraining(recipe: recipe, corpus: toneCorpus(in: folder)).run()
        // Each is longer than a chunk, so a prediction could be made from a part of it.
        let inputs = try recordings([11, 12, 13, 14, 15, 16]).map { BatchInput.recording(.init(path: $0)) }
        func run(_ recogniser: Recogniser) throws -> [PredictionOutcome] {
            let outcomes = Mutex<[PredictionOutcome]>([])
            do {
                try recogniser.predict(all: inputs, workers: Workers(threads: 2)) { outcome in outcomes.withLock { $0.append(outcome) } }
            } catch is Cancelled { #expect(recogniser.cancellation.isCancelled) }
            return outcomes.withLock { $0 }
        }
        let began = ContinuousClock.now
        let whole = try run(Recogniser(model))
        let duration = ContinuousClock.now - began
        try #require(whole.count == inputs.count)
        var cancelled = 0
        for trial in 0..<12 {
            let recogniser = try Recogniser(model)
            let delay = duration * (Double(trial) + 0.5) / 12
            let (seconds, attoseconds) = delay.components
            let timer = Thread { [cancellation = recogniser.cancellation] in
                Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) * 1e-18)
                cancellation.cancel()
            }
            timer.start()
            let outcomes = try run(recogniser)
            #expect(outcomes == Array(whole.prefix(outcomes.count)), "cancelled after \(delay)")
            if outcomes.count < whole.count { cancelled += 1 }
        }
        #expect(cancelled > 0)
    }

    /// Two channels of different lengths of speech, as one file.
    private func stereo(_ name: String, _ left: Float, _ right: Float) throws -> String {
        var wave = Wave.pcm16((0..<32_000).map { ($0 % 2 == 0 ? left : right) * sin(2 * .pi * 440 * Float($0 / 2) / 16_000) })
        wave.channels = 2
        return try folder.write(name, wave.bytes)
    }

    /// Each channel is recognised as a mono file of it would be, next to its neighbours; a silent one is a failure of its own.
    @Test func everyChannelIsARecording() throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let call = try stereo("call.wav", Tones.loud, Tones.soft)
        let half = try stereo("half.wav", Tones.loud, 0)
        try folder.tone("mono.wav", seconds: 1)
        let inputs = [call, half, folder.file("mono.wav"), folder.file("missing.wav")].map { path in
            var recording = BatchInput.Recording(path: path, name: (path as NSString).lastPathComponent)
            recording.channels = .each
            return BatchInput.recording(recording)
        }
        let outcomes = Mutex<[PredictionOutcome]>([])
        try recogniser.predict(all: inputs) { outcome in outcomes.withLock { $0.append(outcome) } }
        let all = outcomes.withLock { $0 }
        #expect(all.map(\.file) == ["call.wav", "call.wav", "half.wav", "half.wav", "mono.wav", "missing.wav"])
        #expect(all.map(\.channel) == [1, 2, 1, 2, 1, nil])
        let labels = all.map { outcome in if case .success(let prediction) = outcome { prediction.label } else { "" } }
        #expect(labels == ["loud", "soft", "loud", "", "loud", ""])
        guard case .failure(let silent) = all[3] else { throw Example.Words("a silent channel is a failure") }
        #expect(silent.description.hasPrefix("half.wav, channel 2 is silent"))
        #expect(try recogniser.predict(AudioSegment(path: call, channel: .channel(2))).label == "soft")
        #expect(try recogniser.predict(AudioSegment(path: call, start: 0.25, end: 0.75)).duration == 0.5)
    }

    /// A header that declares half of the samples: the recording has a warning, alone, in a batch and as a long recording.
    @Test func warningsReachEveryPrediction() async throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let paths = try [1.0, 12, 2].enumerated().map { number, seconds in
            var wave = Wave.pcm16((0..<Int(seconds * 16_000)).map { 0.3 * sin(2 * .pi * 440 * Float($0) / 16_000) })
            wave.claimedData = UInt32(wave.data.count / 2)
            return try folder.write("w\(number).wav", wave.bytes)
        }
        let alone = try paths.map { try recogniser.predict(path: $0) }
        #expect(alone.allSatisfy { $0.warnings.map(\.code) == ["audio.longer-than-declared"] })
        #expect(alone.map(\.duration) == [1, 12, 2])
        #expect(try recogniser.predict(paths: paths).map { try $0.get() } == alone)
        #expect(try await recogniser.prediction(of: URL(filePath: paths[0])) == alone[0])
    }

    /// Inputs are read as they are needed: a group ahead, whatever the number of recordings. With several threads the others go on while one is held
    /// up, so the number depends on the machine's load.
    @Test func inputsAreReadAsTheyAreNeeded() throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let path = try folder.tone("a.wav", seconds: 0.1)
        let (read, delivered, most) = (Counter(), Counter(), Counter())
        let inputs = Repeated(input: .recording(.init(path: path)), count: 2000) {
            most.raise(to: read.add() - delivered.value)
        }
        try recogniser.predict(all: inputs, workers: Workers(threads: 1)) { _ in _ = delivered.add() }
        #expect(delivered.value == 2000 && most.value <= 48 * 3, "\(most.value)")
    }
}

/// A count that threads share.
private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
    func raise(to value: Int) { count.withLock { $0 = max($0, value) } }
}

/// The same input again and again, which tells when it is read.
private struct Repeated: Sequence, Sendable {
    let input: BatchInput
    let count: Int
    let isRead: @Sendable () -> Void

    func makeIterator() -> AnyIterator<BatchInput> {
        var left = count
        return AnyIterator {
            guard left > 0 else { return nil }
            left -= 1
            isRead()
            return input
        }
    }
}
