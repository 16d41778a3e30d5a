import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

/// Timelines of recordings whose loud and soft stretches are known.
struct TimelineTests {
    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = folder.file("tones.wav")
    }

    private func segments(
        _ stretches: [(seconds: Double, amplitude: Float)], window: Double = 1, joinsEqual: Bool = true, _ parts: ModelParts = .loudness()
    ) throws -> (segments: [Prediction.Segment], prediction: Prediction) {
        var tones = Tones()
        for stretch in stretches { tones.add(seconds: stretch.seconds, amplitude: stretch.amplitude) }
        try tones.write(file)
        let recogniser = try Recogniser(parts.model(in: folder))
        let prediction = try recogniser.predict(path: file, timeline: Timeline(window: window, joinsEqual: joinsEqual))
        let segments = try #require(prediction.segments)
        // Whatever the timeline, it goes from the beginning to the end without a gap.
        #expect(segments.first?.start == 0 && segments.last?.end == prediction.duration)
        #expect(zip(segments, segments.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(segments.allSatisfy { $0.start < $0.end && $0.confidence == $0.probabilities.map(\.probability).max() })
        #expect(prediction.duration == Double(tones.samples.count) / 16_000)
        return (segments, prediction)
    }

    private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

    /// Windows shorter than what a change cuts off once kept the recogniser busy for ever.
    @Test(.enabled(if: TestData.corpus("emodb") != nil, "needs a corpus: set STIMMUNG_DATA"), arguments: [0.1, 0.5, 0.9])
    func windowsMayBeShort(window: Double) throws {
        let path = "\(TestData.corpus("emodb") ?? "")/wav/03a01Fa.wav"
        let prediction = try Recogniser(Model.builtIn()).predict(path: path, timeline: Timeline(window: window, joinsEqual: false))
        let speech = try #require(prediction.segments).filter { $0.label != nil }
        #expect(speech.count > 1 && speech.allSatisfy { $0.end - $0.start < 1.5 * window + 0.02 }, "\(speech.map { [$0.start, $0.end] })")
    }

    @Test func equalNeighboursAreJoined() throws {
        let (joined, _) = try segments([(4, Tones.loud), (3, Tones.soft), (2, Tones.loud)])
        #expect(joined.map(\.label) == ["loud", "soft", "loud"])
        #expect(near(joined[1].start, 4) && near(joined[2].start, 7) && joined[2].end == 9)
        let (single, _) = try segments([(4, Tones.loud), (3, Tones.soft), (2, Tones.loud)], joinsEqual: false)
        #expect(single.map(\.label) == ["loud", "loud", "loud", "loud", "soft", "soft", "soft", "loud", "loud"])
        #expect(single.enumerated().allSatisfy { near($1.start, Double($0)) })
    }

    @Test func aShortRestBelongsToTheSegmentBeforeIt() throws {
        #expect(try segments([(3.4, Tones.loud)], joinsEqual: false).segments.count == 3)
        #expect(try segments([(3.7, Tones.loud)], joinsEqual: false).segments.count == 4)
    }

    /// The second window is decided for "loud" by 60 frames of 100; with 40 frames more it is soft, as the one before it.
    @Test func aRestThatTurnsTheLastSegmentJoinsIt() throws {
        let stretches = [(1.0, Tones.soft), (0.6, Tones.loud), (0.85, Tones.soft)]
        let (segments, _) = try segments(stretches, .loudness(decision: .posteriors))
        #expect(segments.map(\.label) == ["soft"])
    }

    @Test(arguments: [0.03, 0.5, 3]) func aWindowLongerThanTheRecordingIsOneSegment(seconds: Double) throws {
        let (segments, prediction) = try segments([(seconds, Tones.soft)], window: 10)
        #expect(segments.map(\.label) == ["soft"] && prediction.label == "soft")
        #expect(segments[0].confidence == prediction.confidence)
    }

    /// A hop of 160.48 samples is 160: frames lie 0.01 s apart and not 0.01003, which would be 0.06 s off after 20 s.
    @Test func timesAreThoseOfWholeSamples() throws {
        let (segments, _) = try segments(
            [(10, Tones.loud), (8, Tones.soft), (2, Tones.loud)], .loudness(hop: 0.01003))
        #expect(segments.count == 3 && near(segments[1].start, 10) && near(segments[2].start, 18))
    }

    @Test func aRecordingOfManyChunksIsCutAlike() throws {
        let stretches = (0..<15).map { (2.0, $0 % 2 == 0 ? Tones.loud : Tones.soft) }
        let (segments, prediction) = try segments(stretches)
        #expect(segments.count == 15 && segments.enumerated().allSatisfy { near($1.start, 2 * Double($0)) })
        #expect(prediction.label == "loud")
    }
}

struct RecogniserTests {
    /// Chunk by chunk, with the recurrent state handed on, is the same as all frames at once.
    @Test(arguments: Normalisation.allCases) func aStreamIsDecidedAsTheWhole(normalisation: Normalisation) throws {
        let folder = try TemporaryFolder()
        var recipe = smallRecipe()
        recipe.normalisation = normalisation
        let model = try ModelTraining(recipe: recipe, corpus: toneCorpus(in: folder)).run()
        var tones = Tones()
        for (number, frequency) in [300, 600, 1200, 450, 900].enumerated() {
            tones.add(seconds: 5.3, amplitude: 0.1 + 0.1 * Float(number), frequency: Float(frequency))
        }
        let file = folder.file("long.wav")
        try tones.write(file)
        let prediction = try Recogniser(model).predict(path: file)

        var frames = try FrontEnd(recipe.features).features(of: AudioSegment(path: file))
        #expect(frames.rows > 2000)
        switch normalisation {
        case .none: break
        case .train, .corpus: try #require(model.normaliser).apply(to: &frames)
        case .utterance, .speaker:
            var statistics = FeatureStatistics(width: frames.columns)
            statistics.add(frames)
            Normaliser(statistics).apply(to: &frames)
        }
        var pooling = Pooling(recipe.decision, classes: 3)
        pooling.add(model.ensemble.networks[0].logPosteriors(of: [frames], workers: Workers(threads: 1))[0])
        #expect(model.labels[pooling.decided] == prediction.label)
        #expect(zip(pooling.probabilities, prediction.probabilities).allSatisfy { abs($0 - $1.probability) < 1e-4 })
    }

    @Test func predictionsRepeat() throws {
        let folder = try TemporaryFolder()
        let corpus = try toneCorpus(in: folder)
        let recogniser = try Recogniser(ModelTraining(recipe: smallRecipe(), corpus: corpus).run())
        let file = corpus.utterances[0].file
        #expect(try recogniser.predict(path: file, timeline: Timeline()) == recogniser.predict(path: file, timeline: Timeline()))
    }

    @Test func anInterruptionStops() throws {
        let folder = try TemporaryFolder()
        var tones = Tones()
        tones.add(seconds: 1, amplitude: Tones.loud)
        try tones.write(folder.file("a.wav"))
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        recogniser.cancellation.cancel()
        #expect(throws: Cancelled.self) { try recogniser.predict(path: folder.file("a.wav")) }
    }

    /// Finite weights so large that their outputs are not.
    @Test func outputsThatAreNoNumbersAreAnError() throws {
        let folder = try TemporaryFolder()
        var tones = Tones()
        tones.add(seconds: 1, amplitude: Tones.soft)
        let file = folder.file("a.wav")
        try tones.write(file)
        let recogniser = try Recogniser(ModelParts.loudness(slope: 3e38).model(in: folder))
        let error = try #require(throws: RecogniserError.self) { try recogniser.predict(path: file) }
        #expect(error == .notFinite(file: file) && "\(error)".contains(file))
    }

    @Test func whatCannotBeReadIsAnErrorOfTheFile() throws {
        let folder = try TemporaryFolder()
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let error = try #require(throws: FeatureError.self) { try recogniser.predict(path: folder.file("nosuch.wav")) }
        #expect("\(error)".contains("nosuch.wav"))
    }
}
