import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTestSupport
import Testing

/// Adaptation to a source: training → source → voice, each mean shrunk towards the one above.
struct SourceTests {
    private let folder: TemporaryFolder
    private static let emodb = TestData.corpus("emodb")
    private static let names = ["03a01Fa", "03a02Nc", "03a05Wb", "03b02La", "08a01Na", "08a02La"]

    init() throws { folder = try TemporaryFolder() }

    private func recordings(_ names: [String] = names) -> [AudioSegment] {
        names.map { AudioSegment(path: "\(Self.emodb ?? "")/wav/\($0).wav") }
    }

    /// A model of one feature with the mean 1.
    private func model() throws -> Model {
        var model = try ModelParts.loudness().model(in: folder)
        model.recipe.normalisation = .train
        model.normaliser = Normaliser(mean: [1], deviation: [2])
        return model
    }

    /// n / (n + 16), with fewer stretches where they sound alike.
    @Test(
        arguments: [
            (0, nil, 0), (16, nil, 0.5), (16, 0.5, 0.5), (16, 3, 0.5), (32, 0.25, 0.5), (32, 0, 0), (600, 0.24, 0.5), (600, 0.275, 2.0 / 3),
            (48, nil, 0.75),
        ] as [(Int, Double?, Double)])
    func littleOrMonotonousSpeechCountsForLittle(stretches: Int, variety: Double?, share: Double) {
        #expect(abs(Source.share(stretches: stretches, variety: variety) - share) < 1e-12)
    }

    @Test func modelsWithoutTrainingStatisticsCannotAdapt() throws {
        let recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        let error = SourceError.notUsable(model: "loudness", normalisation: "none")
        #expect(throws: error) { try recogniser.source(of: [AudioSegment(path: "a.wav")]) }
        var options = SessionOptions()
        options.adaptsToSource = true
        #expect(throws: error) { try recogniser.session(sampleRate: 16_000, options: options) }
    }

    @Test func silenceIsNoSource() throws {
        try AudioFile.writeWAV([Float](repeating: 0, count: 32_000), sampleRate: 16_000, to: folder.file("s.wav"))
        let recogniser = try Recogniser(Model.builtIn())
        // A recording that cannot be read is passed over.
        let recordings = ["s.wav", "missing.wav"].map { AudioSegment(path: folder.file($0)) }
        #expect(throws: SourceError.noSpeech(recordings: 2)) { try recogniser.source(of: recordings) }
        #expect(throws: SourceError.noSpeech(recordings: 0)) { try recogniser.source(of: []) }
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aSourceBelongsToFeatures() throws {
        let source = try Recogniser(Model.builtIn()).source(of: recordings())
        #expect(throws: SourceError.otherFeatures(source: "functionals-live", model: "loudness")) {
            try Recogniser(model()).adapting(to: source)
        }
    }

    /// The mean of all stretches, whatever the number of threads; a model adapted to it says something else of the same speech, which is no more
    /// familiar for it.
    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aSourceIsLearntAndUsed() throws {
        let recogniser = try Recogniser(Model.builtIn())
        var counts: [Int] = []
        let source = try recogniser.source(of: recordings(), workers: Workers(threads: 1)) { counts.append($0) }
        #expect(try recogniser.source(of: recordings(), workers: Workers(threads: 2)) == source)
        #expect(counts.last == 6 && source.stretches >= 6 && source.seconds > 5 && (0.15...0.6).contains(source.share), "\(source)")
        let adapted = try recogniser.adapting(to: source)
        #expect(adapted.model.source == source && adapted.model.voice == nil)
        let (plain, better) = try (recogniser.predict(recordings()[0]), adapted.predict(recordings()[0]))
        #expect(plain.probabilities != better.probabilities && plain.familiarity == better.familiarity)
        // Adapting anew begins anew.
        #expect(try adapted.adapting(to: source).model == adapted.model)
        #expect(throws: ModelError.isAdapted(file: "m.safetensors")) { try adapted.model.write(path: "m.safetensors") }
    }

    /// The voice is shrunk towards the source and not towards the training data.
    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aVoiceIsToldFromTheSource() throws {
        let recogniser = try Recogniser(Model.builtIn())
        let source = try recogniser.source(of: recordings())
        let voice = try recogniser.enrol(Array(recordings().prefix(4)))
        let both = try recogniser.adapting(to: source).knowing(voice)
        // In either order.
        #expect(try recogniser.knowing(voice).adapting(to: source).model == both.model)
        let (training, moved) = try (#require(recogniser.model.normaliser), #require(both.model.normaliser))
        let (s, v) = try (#require(recogniser.adapting(to: source).model.normaliser), #require(recogniser.knowing(voice).model.normaliser))
        let share = Float(voice.share)
        #expect(moved.deviation == training.deviation)
        for k in training.mean.indices {
            // v = m + share (voice − m), so the voice's own mean is m + (v − m) / share.
            let own = training.mean[k] + (v.mean[k] - training.mean[k]) / share
            let expected = s.mean[k] + share * (own - s.mean[k])
            #expect(abs(moved.mean[k] - expected) <= 1e-4 * max(training.deviation[k], 1), "feature \(k)")
        }
    }

    /// A session uses what it has heard from each pause on: its first segment is that of the unadapted model, and the events do not depend on chunks.
    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"), arguments: [VoiceLearning.off, .applied])
    func sessionsLearnAsTheyRun(learning: VoiceLearning) throws {
        let recogniser = try Recogniser(Model.builtIn())
        let pause = [Float](repeating: 0, count: 16_000)
        let samples = try recordings().reduce(pause) { joined, recording in
            try joined + AudioFile.read(recording, sampleRate: 16_000, longest: 60) + pause
        }
        func events(_ length: Int, adapts: Bool) throws -> [SessionEvent] {
            var options = SessionOptions()
            options.learning = learning
            options.adaptsToSource = adapts
            let session = try recogniser.session(sampleRate: 16_000, options: options)
            var events: [SessionEvent] = []
            for start in stride(from: 0, to: samples.count, by: length) {
                events += try session.push(Array(samples[start..<min(start + length, samples.count)]))
            }
            events += try session.finish()
            #expect((session.voice == nil) == (learning == .off))
            return events
        }
        func segments(_ events: [SessionEvent]) -> [Prediction.Segment] {
            events.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
        }
        let (plain, adapted) = try (events(samples.count, adapts: false), events(samples.count, adapts: true))
        #expect(segments(plain).first == segments(adapted).first && segments(plain).last != segments(adapted).last)
        for length in [1601, 48_000] { #expect(try events(length, adapts: true) == adapted) }
    }
}
