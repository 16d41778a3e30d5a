import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungNetworks
import StimmungTensors
import StimmungTestSupport
import Testing

/// Samples in, events out.
struct SessionTests {
    private static let emodb = TestData.corpus("emodb")
    private static let isLong = ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1"

    /// A model of a built-in recipe with random parameters.
    private func model(_ recipe: Recipe) throws -> Model {
        var random = RandomSource(seed: 5)
        let labels = ["anger", "boredom", "neutral"]
        let networks = (0..<recipe.ensemble).map { _ in
            Network(recipe.layers(classes: labels.count)) { entry in
                (0..<entry.shape.rows * entry.shape.columns).map { _ in
                    entry.name.hasSuffix(".variance") ? 1 : 0.2 * random.normal()
                }
            }
        }
        let width = recipe.features.width
        return Model(
            recipe: recipe, labels: labels, ensemble: Ensemble(networks),
            normaliser: Normaliser(mean: [Float](repeating: 0, count: width), deviation: [Float](repeating: 3, count: width)),
            card: ModelCard(
                version: "0", corpus: "none", utterances: 1, speakers: 1, utterancesPerClass: [1, 0, 0], heldOutSpeakers: [], seed: 0,
                epoch: 1,
                trainingLoss: 0, trainingFrameAccuracy: 0, validationLoss: nil))
    }

    /// Recordings of EmoDB with pauses between them, or noise and tones without a corpus.
    private func samples(_ names: [String] = ["03a05Wb", "14a01Ac"]) throws -> [Float] {
        guard let emodb = Self.emodb else {
            var random = RandomSource(seed: 2)
            return (0..<80_000).map { 0.2 * sin(Float($0) * 0.07) + 0.05 * random.normal() }
        }
        let pause = [Float](repeating: 0, count: 16_000)
        return try names.reduce(pause) { joined, name in
            try joined + AudioFile.read(AudioSegment(path: "\(emodb)/wav/\(name).wav"), sampleRate: 16_000, longest: 60) + pause
        }
    }

    private func events(_ recogniser: Recogniser, _ samples: [Float], rate: Int = 16_000, cuts: [Int] = []) throws -> [SessionEvent] {
        let session = try recogniser.session(sampleRate: rate)
        let bounds = [0] + cuts.sorted() + [samples.count]
        return try zip(bounds, bounds.dropFirst()).flatMap { try session.push(Array(samples[$0..<$1])) } + session.finish()
    }

    private func summary(_ events: [SessionEvent]) throws -> SessionSummary {
        guard case .finished(let summary)? = events.last else { throw CancellationError() }
        return summary
    }

    /// Any cut into chunks gives the events of the whole, bit for bit, and a file the result of its session.
    @Test(arguments: Recipe.builtInNames + ["built-in"]) func chunksAndFilesAreJudgedAlike(name: String) throws {
        let folder = try TemporaryFolder()
        guard name != "built-in" else { return try check(Model.builtIn(), cuts: 12, in: folder) }
        var recipe = try Recipe(named: name)
        guard recipe.features.encoder != nil else { return try check(model(recipe), cuts: 2, in: folder) }
        recipe.features.encoder?.width = TinyEncoder.width
        try TinyEncoder().installed(in: folder) { try check(model(recipe), cuts: 2, in: folder) }
    }

    private func check(_ model: Model, cuts: Int, in folder: TemporaryFolder) throws {
        let recogniser = try Recogniser(model)
        // As they are read back, rounded to 16 bits.
        try AudioFile.writeWAV(samples(), sampleRate: 16_000, to: folder.file("a.wav"))
        let samples = try AudioFile.read(AudioSegment(path: folder.file("a.wav")), sampleRate: 16_000, longest: 60)
        let whole = try events(recogniser, samples)
        var random = RandomSource(seed: 9)
        for _ in 0..<(Self.isLong ? 200 : cuts) {
            let count = Int(random.uniform(in: 1..<40))
            let cuts = (0..<count).map { _ in Int(random.uniform(in: 0..<Float(samples.count))) }
            #expect(try events(recogniser, samples, cuts: cuts) == whole)
        }
        let file = try recogniser.predict(path: folder.file("a.wav"), timeline: Timeline())
        let summary = try summary(whole)
        let segments = whole.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
        #expect(file.label == summary.label && file.duration == summary.duration)
        let found = file.segments?.filter { $0.label != nil } ?? []
        if model.recipe.speech == .detected {
            #expect(file.probabilities == summary.probabilities && found == segments)
        } else {
            // Such files are read ten seconds at a time; products of other shapes round differently.
            #expect(zip(file.probabilities, summary.probabilities).allSatisfy { abs($0.probability - $1.probability) < 1e-4 })
            #expect(found.map(\.label) == segments.map(\.label) && found.map(\.end) == segments.map(\.end))
        }
    }

    /// Other rates are resampled, in chunks as a whole.
    @Test(arguments: [8000, 44_100, 48_000]) func otherRatesAreResampled(rate: Int) throws {
        let resampler = try Resampler(from: 16_000, to: rate)
        let samples = try resampler.process(samples()) + resampler.finish()
        let recogniser = try Recogniser(Model.builtIn())
        let whole = try events(recogniser, samples, rate: rate)
        let cuts = stride(from: 0, to: samples.count, by: 777).map { $0 }
        #expect(try events(recogniser, samples, rate: rate, cuts: cuts) == whole)
        #expect(try abs(summary(whole).duration - Double(samples.count) / Double(rate)) < 0.001)
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func speechIsFoundAndJudged() throws {
        let recogniser = try Recogniser(Model.builtIn())
        let all = try events(recogniser, samples())
        let starts = all.compactMap { if case .speechStarted(let time) = $0 { time } else { nil } }
        let segments = all.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
        let posteriors = all.compactMap { if case .posterior(let posterior) = $0 { posterior } else { nil } }
        // The first recording of 2.96 s begins after a second of silence, the second after another.
        #expect(starts.count == 2 && abs(starts[0] - 1) < 0.4 && abs(starts[1] - 4.96) < 0.4, "\(starts)")
        #expect(segments.first?.label == "anger" && segments.last?.label == "fear", "\(segments.map(\.label))")
        #expect(posteriors.count > 10 && zip(posteriors, posteriors.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(posteriors.allSatisfy { $0.time - $0.start <= 10.001 })
        for event in all { #expect(try JSONSerialization.jsonObject(with: Data(event.json.utf8)) is [String: Any]) }
    }

    /// Where there is no speech there is no emotion.
    @Test(arguments: ["silence", "constant", "noise", "tone"]) func withoutSpeechThereIsNoEmotion(kind: String) throws {
        var random = RandomSource(seed: 4)
        let samples: [Float] = (0..<160_000).map { index in
            switch kind {
            case "noise": 0.1 * random.normal()
            case "tone": 0.3 * sin(Float(index) * 0.2)
            default: kind == "constant" ? 0.3 : 0
            }
        }
        let recogniser = try Recogniser(Model.builtIn())
        let all = try events(recogniser, samples)
        #expect(all.count == 1, "\(all)")
        let summary = try summary(all)
        #expect(summary.label == nil && summary.confidence == nil && summary.probabilities.isEmpty && summary.duration == 10)
        let folder = try TemporaryFolder()
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: folder.file("a.wav"))
        let file = try recogniser.predict(path: folder.file("a.wav"), timeline: Timeline())
        #expect(file.label == nil && file.segments?.map(\.label) == [nil] && file.segments?.first?.end == 10)
        #expect(try JSONDecoder().decode(Prediction.self, from: JSONEncoder().encode(file)) == file)
        func text(_ format: PredictionFormat) throws -> String {
            try PredictionWriter.document([.success(file)], format: format, classes: recogniser.model.labels, segments: true)
        }
        #expect(try text(.rttm).isEmpty && text(.srt).isEmpty)
        #expect(try text(.textgrid).contains("text = \"\"") && text(.text).contains("no speech"))
        #expect(try text(.json).contains("\"label\": null, \"confidence\": null, \"probabilities\": null"))
    }

    @Test func badSamplesAndOptionsAreErrors() throws {
        let recogniser = try Recogniser(Model.builtIn())
        let session = try recogniser.session(sampleRate: 16_000)
        #expect(throws: FeatureError.notFinite(file: nil, sample: 1)) { try session.push([0, .nan]) }
        #expect(throws: FeatureError.notFinite(file: nil, sample: 0)) { try session.push([.infinity]) }
        #expect(try session.push([]).isEmpty)
        var good = try samples()
        let whole = try events(recogniser, good)
        good.insert(contentsOf: [2e5], at: 30_000)
        #expect(throws: FeatureError.notFinite(file: nil, sample: 30_000)) { try session.push(good) }
        good.remove(at: 30_000)
        #expect(try session.push(good) + session.finish() == whole)
        #expect(throws: AudioError.badSampleRate(rate: 0)) { try recogniser.session(sampleRate: 0) }
        #expect(throws: AudioError.badSampleRate(rate: 3_000_000)) { try recogniser.session(sampleRate: 3_000_000) }
        var options = SessionOptions()
        options.posteriorInterval = 0
        #expect(throws: RecogniserError.self) { try recogniser.session(sampleRate: 16_000, options: options) }
    }

    @Test func anAsynchronousSourceGivesTheSameEvents() async throws {
        let samples = try samples()
        let chunks = stride(from: 0, to: samples.count, by: 1600).map { Array(samples[$0..<min($0 + 1600, samples.count)]) }
        let stream = AsyncStream<[Float]> { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
        let recogniser = try Recogniser(Model.builtIn())
        var received: [SessionEvent] = []
        for try await event in recogniser.events(of: stream, sampleRate: 16_000) { received.append(event) }
        #expect(try received == events(recogniser, samples))
    }
}
