import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

/// Enrolled voices, and what a model makes of them.
struct VoiceTests {
    private let folder: TemporaryFolder
    private static let emodb = TestData.corpus("emodb")

    init() throws { folder = try TemporaryFolder() }

    private func files(_ names: [String]) -> [String] { names.map { "\(Self.emodb ?? "")/wav/\($0).wav" } }

    /// A voice of the loudness model's single feature, as a file that a test may spoil.
    private func parts(stretches: String = "8") throws -> ModelParts {
        let model = try ModelParts.loudness().model(in: folder)
        return ModelParts(
            metadata: [
                "stimmung.voice": "1", "recipe": "loudness", "features": jsonText(model.recipe.features), "stretches": stretches,
                "seconds": "20.5", "variety": "0.75",
            ], tensors: [.init(name: "mean", shape: [1], values: [4])])
    }

    private func voice(_ parts: ModelParts) throws -> Voice {
        try parts.write(folder.file("v.voice"))
        return try Voice(contentsOf: folder.file("v.voice"))
    }

    /// n / (n + 4), with fewer stretches where they sound alike.
    @Test(
        arguments: [
            (0, nil, 0), (4, nil, 0.5), (4, 0.5, 0.5), (4, 3, 0.5), (8, 0.25, 0.5), (8, 0, 0), (60, 0.24, 0.5), (60, 0.275, 2.0 / 3),
            (1, nil, 0.5 / 4.5),
            (1, 2, 0.5 / 4.5),
        ] as [(Int, Double?, Double)])
    func littleOrMonotonousSpeechCountsForLittle(stretches: Int, variety: Double?, share: Double) {
        #expect(abs(Voice.share(stretches: stretches, variety: variety) - share) < 1e-12)
    }

    @Test func aVoiceIsReadBack() throws {
        let voice = try voice(parts())
        #expect(voice.recipe == "loudness" && voice.stretches == 8 && voice.seconds == 20.5 && voice.variety == 0.75)
        try voice.write(path: folder.file("again.voice"))
        #expect(try Voice(contentsOf: folder.file("again.voice")) == voice)
        #expect(try bytes(folder.file("again.voice")).count < 2000)
    }

    @Test(
        arguments: [
            ("stimmung.voice", nil, "voice.not-a-voice"), ("stimmung.voice", "2", "voice.other-version"), ("recipe", nil, "voice.file"),
            ("stretches", "0", "voice.not-a-voice"), ("stretches", "2.5", "voice.not-a-voice"), ("stretches", "1e300", "voice.not-a-voice"),
            ("seconds", "nan", "voice.not-a-voice"), ("seconds", "-1", "voice.not-a-voice"), ("variety", "inf", "voice.not-a-voice"),
        ] as [(String, String?, String)])
    func spoiltFilesAreRefused(key: String, value: String?, code: String) throws {
        var parts = try parts()
        parts.metadata[key] = value
        do {
            _ = try voice(parts)
            Issue.record("\(key) \(value ?? "missing") was accepted")
        } catch let error as VoiceError { #expect(error.code == code && "\(error)".contains("v.voice"), "\(error)") }
    }

    @Test func arraysThatAreNoMeanAreRefused() throws {
        for values in [[Float.nan], [.infinity]] {
            var parts = try parts()
            parts.set("mean") { $0 = values }
            #expect(throws: VoiceError.self) { try voice(parts) }
        }
        var none = try parts()
        none.tensors = []
        #expect(throws: VoiceError.file(.missingTensor(file: folder.file("v.voice"), tensor: "mean"))) { try voice(none) }
        try Data("no voice".utf8).write(to: URL(filePath: folder.file("v.voice")))
        #expect(throws: VoiceError.notAVoice(file: folder.file("v.voice"), reason: "it is not a safetensors file")) {
            try Voice(contentsOf: folder.file("v.voice"))
        }
        try ModelParts.loudness().write(folder.file("m.safetensors"))
        #expect(throws: VoiceError.notAVoice(file: folder.file("m.safetensors"), reason: "it is a model")) {
            try Voice(contentsOf: folder.file("m.safetensors"))
        }
    }

    /// A mismatch names both sides; a model without training statistics has nothing to move.
    @Test func voicesBelongToFeatures() throws {
        let voice = try voice(parts())
        #expect(throws: VoiceError.otherFeatures(voice: "loudness", model: "functionals-live")) {
            try Recogniser(Model.builtIn()).knowing(voice)
        }
        #expect(throws: VoiceError.notUsable(model: "loudness", normalisation: "none")) {
            try Recogniser(ModelParts.loudness().model(in: folder)).knowing(voice)
        }
    }

    /// m + s (v − m), with the deviation of the training data.
    @Test func theMeanMovesByTheShare() throws {
        var model = try ModelParts.loudness().model(in: folder)
        model.recipe.normalisation = .train
        model.normaliser = Normaliser(mean: [1], deviation: [2])
        let recogniser = try Recogniser(model).knowing(voice(parts()))
        #expect(recogniser.model.normaliser?.mean == [3] && recogniser.model.normaliser?.deviation == [2])
        #expect(throws: ModelError.isAdapted(file: "m.safetensors")) { try recogniser.model.write(path: "m.safetensors") }
        // Knowing another voice begins anew.
        #expect(try recogniser.knowing(voice(parts())).model == recogniser.model)
    }

    /// A voice file may be of the right features and still be nonsense.
    @Test func implausibleMeansAreRefused() throws {
        var model = try ModelParts.loudness().model(in: folder)
        model.recipe.normalisation = .train
        model.normaliser = Normaliser(mean: [1], deviation: [2])
        var parts = try parts()
        parts.set("mean") { $0 = [1e30] }
        let voice = try voice(parts)
        #expect(throws: VoiceError.implausible(voice: "loudness", column: 0)) { try Recogniser(model).knowing(voice) }
    }

    @Test func blendedNetworksAreWeighed() throws {
        let (a, b) = (Network([Dense(inputs: 1, outputs: 3)], seed: 1), Network([Dense(inputs: 1, outputs: 3)], seed: 2))
        let frames = Matrix(rows: 4, columns: 1, elements: [-1, 0, 1, 2])
        func posteriors(_ ensemble: Ensemble) throws -> [Float] {
            try ensemble.logPosteriors(of: [frames], workers: Workers(threads: 1))[0].elements.map { exp($0) }
        }
        let (first, second) = (try posteriors(Ensemble([a])), try posteriors(Ensemble([b, b])))
        for share in [0, 0.25, 1] as [Float] {
            let blend = try posteriors(Ensemble([a]).blended(with: Ensemble([b, b]), share: Double(share)))
            for (value, parts) in zip(blend, zip(first, second)) {
                #expect(abs(value - (1 - share) * parts.0 - share * parts.1) < 1e-6)
            }
        }
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func enrolmentDoesNotDependOnThreadsAndSessionsLearnTheSame() throws {
        let recogniser = try Recogniser(Model.builtIn())
        let paths = files(["03a01Fa", "03a02Nc", "03a05Wb", "03b02La", "03a04Ta"])
        let voice = try recogniser.enrol(paths: paths, workers: Workers(threads: 1))
        #expect(try recogniser.enrol(paths: paths, workers: Workers(threads: 2)) == voice)
        #expect(voice.stretches >= 5 && voice.seconds > 5 && voice.share > 0.3 && voice.variety ?? 0 > 0.25, "\(voice)")
        let known = try recogniser.knowing(voice)
        let (plain, better) = (try recogniser.predict(path: paths[4]), try known.predict(path: paths[4]))
        #expect(plain.probabilities != better.probabilities && plain.familiarity == better.familiarity)

        let samples = try AudioFile.read(AudioSegment(path: paths[2]), sampleRate: 16_000, longest: 60)
        var options = SessionOptions()
        options.learning = .gathered
        let session = try recogniser.session(sampleRate: 16_000, options: options)
        _ = try session.push(samples) + session.finish()
        #expect(try session.voice == recogniser.enrol(paths: [paths[2]]))
    }

    /// What a session learns, it learns for any cut into chunks.
    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"), arguments: [VoiceLearning.gathered, .applied])
    func learningDoesNotDependOnChunks(learning: VoiceLearning) throws {
        let recogniser = try Recogniser(Model.builtIn())
        let pause = [Float](repeating: 0, count: 16_000)
        let samples = try files(["03a01Fa", "03a02Nc", "03a05Wb", "03b02La"]).reduce(pause) { joined, file in
            try joined + AudioFile.read(AudioSegment(path: file), sampleRate: 16_000, longest: 60) + pause
        }
        var options = SessionOptions()
        options.learning = learning
        func run(_ length: Int) throws -> (events: [SessionEvent], voice: Voice?) {
            let session = try recogniser.session(sampleRate: 16_000, options: options)
            var events: [SessionEvent] = []
            for start in stride(from: 0, to: samples.count, by: length) {
                events += try session.push(Array(samples[start..<min(start + length, samples.count)]))
            }
            return (events + (try session.finish()), session.voice)
        }
        let whole = try run(samples.count)
        #expect(whole.voice?.stretches ?? 0 >= 4)
        for length in [160, 1601, 48_000] {
            let run = try run(length)
            #expect(run.events == whole.events && run.voice == whole.voice)
        }
        options.learning = .off
        let off = try run(48_000)
        #expect(off.voice == nil && (off.events == whole.events) == (learning == .gathered))
    }

    @Test func silenceIsNoVoice() throws {
        try AudioFile.writeWAV([Float](repeating: 0, count: 32_000), sampleRate: 16_000, to: folder.file("s.wav"))
        #expect(throws: VoiceError.noSpeech(recordings: 1)) { try Recogniser(Model.builtIn()).enrol(paths: [folder.file("s.wav")]) }
    }

    @Test func speechThatHelpsLittleIsWarnedOf() throws {
        var parts = try parts(stretches: "2")
        #expect(try voice(parts).warnings == [.littleSpeech(seconds: 20.5, stretches: 2)])
        parts.metadata["stretches"] = "8"
        #expect(try voice(parts).warnings.isEmpty)
        parts.metadata["variety"] = "0.1"
        #expect(try voice(parts).warnings == [.soundsAlike])
    }
}

/// Distances from the training data.
struct FamiliarityTests {
    @Test func familiarityFallsFromOneDeviationToThree() {
        // Logarithms −1 and 1: mean 0, deviation 1.
        let familiarity = Familiarity(distances: [exp(-1), exp(1)], growth: 3)
        #expect(abs(familiarity.center) < 1e-12 && abs(familiarity.spread - 1) < 1e-12)
        for (logarithm, value) in [(-5.0, 1.0), (1, 1), (2, 0.5), (2.5, 0.25), (3, 0), (9, 0)] {
            #expect(abs(familiarity.value(at: exp(logarithm)) - value) < 1e-9)
            #expect(abs(familiarity.factor(at: exp(logarithm)) - (1 + 3 * (1 - value))) < 1e-9)
        }
        #expect(familiarity.value(at: 0) == 1)
    }

    @Test func distancesAreMeanSquaresWithALimit() {
        #expect(Familiarity.distance(of: Matrix(rows: 1, columns: 4, elements: [0, -2, 3, 100])) == 9.5)
        #expect(Familiarity.distance(of: Matrix(rows: 0, columns: 4)) == 0)
    }

    /// The decision stays, and the probabilities become those of a higher temperature.
    @Test func unfamiliarSpeechIsLessCertain() {
        let logs = Matrix(rows: 1, columns: 3, elements: [log(0.7), log(0.2), log(0.1)])
        func pooling(_ distance: Double) -> Pooling {
            var pooling = Pooling(.logPosteriors, temperature: 0.5, of: logs)
            pooling.familiarity = Familiarity(distances: [exp(-1), exp(1)], growth: 3)
            pooling.add(distance: distance, frames: 1)
            return pooling
        }
        #expect(pooling(1).probabilities == Pooling(.logPosteriors, temperature: 0.5, of: logs).probabilities)
        #expect(pooling(1).familiarityValue == 1 && pooling(exp(3)).familiarityValue == 0)
        let even = Pooling(.logPosteriors, temperature: 2, of: logs)
        for (a, b) in zip(pooling(exp(4)).probabilities, even.probabilities) { #expect(abs(a - b) < 1e-12) }
        #expect(pooling(exp(4)).decided == 0)
    }

    /// Silence, which is not measured, makes nothing familiar.
    @Test func framesWithoutDistanceDoNotCount() {
        let logs = Matrix(rows: 1, columns: 2, elements: [log(0.5), log(0.5)])
        var pooling = Pooling(.logPosteriors, classes: 2)
        pooling.familiarity = Familiarity(distances: [exp(-1), exp(1)], growth: 3)
        pooling.add(logs, repeated: 100)
        pooling.add(distance: nil, frames: 100)
        #expect(pooling.familiarityValue == nil)
        pooling.add(logs, repeated: 1)
        pooling.add(distance: exp(2), frames: 1)
        #expect(abs((pooling.familiarityValue ?? 0) - 0.5) < 1e-12)
    }
}
