import Foundation
import Stimmung
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
}
