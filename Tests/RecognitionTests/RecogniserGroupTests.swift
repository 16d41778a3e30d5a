import Foundation
import Stimmung
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
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
        windows.network = [.window(WindowRecipe(left: 3, right: 3)), .sigmoid(units: 8)]
        for recipe in [both, windows] {
            try expectSame(Recogniser(ModelTraining(recipe: recipe, corpus: toneCorpus(in: folder)).run()), paths, nil)
        }
        try expectSame(Recogniser(Model.shipped()), paths, nil)
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
}
