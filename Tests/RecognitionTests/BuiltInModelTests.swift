import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungEncoders
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

@Suite struct BuiltInModelTests {
    @Test func theModelIsOfTheBuiltInRecipe() throws {
        let model = try Model.builtIn()
        #expect(try model.recipe == Recipe(named: "functionals-live"))
        #expect(model.labels == ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"])
        #expect(model.card.corpus == "EmoDB" && model.card.utterances == 535)
    }

    /// They are decoded when they are first needed, and an error would end the program then.
    @Test(arguments: BuiltInModel.allCases) func theNetworksForVoicesAreThere(which: BuiltInModel) throws {
        let model = try Model.builtIn(which)
        let voices = try #require(model.voiceNetworks)
        #expect(voices.ensemble.networks.count == model.ensemble.networks.count && voices.ensemble != model.ensemble)
        #expect(try Model.builtIn(which) == model)
    }

    /// The head alone is in the program, and names the weights that it belongs to.
    @Test func theModelOnAnEncoderIsOfItsRecipe() throws {
        var model = try Model.builtIn(.encoder)
        #expect(model.recipe.features.encoder?.weights?.count == 32 && model.voiceNetworks != nil && model.familiarity != nil)
        model.recipe.features.encoder?.weights = nil
        #expect(try model.recipe == Recipe(named: "encoder"))
        #expect(try model.labels == Model.builtIn().labels)
    }

    /// Without the encoder, with another, and with the one that it belongs to.
    @Test func theModelNeedsItsEncoder() throws {
        let folder = try TemporaryFolder()
        let model = try Model.builtIn(.encoder)
        EncoderStore.$current.withValue(EncoderStore(folder: folder.path)) {
            #expect(throws: FeatureError.encoder(.notInstalled(name: "whisper-tiny", file: folder.file("whisper-tiny.safetensors")))) {
                try Recogniser(model)
            }
        }
        try TinyEncoder().installed(in: folder) { #expect(throws: FeatureError.self) { try Recogniser(model) } }
        guard let file = InstalledWhisper.file else { return }
        let installed = URL(filePath: file).deletingLastPathComponent().path(percentEncoded: false)
        try EncoderStore.$current.withValue(EncoderStore(folder: installed)) { _ = try Recogniser(model) }
    }

    /// On voices that it has learnt from: no figure of merit, only a sign that file, features and network belong together.
    @Test(.enabled(if: TestData.corpus("emodb") != nil, "needs a corpus: set STIMMUNG_DATA"))
    func itKnowsWhatItHasLearnt() throws {
        let corpus = try Corpus.open(path: #require(TestData.corpus("emodb")))
        let recogniser = try Recogniser(Model.builtIn())
        let some = stride(from: 0, to: corpus.utterances.count, by: 12).map { corpus.utterances[$0] }
        let right = try some.filter { try recogniser.predict(path: $0.file).label == $0.emotion }.count
        #expect(Double(right) > 0.9 * Double(some.count), "\(right) of \(some.count)")
    }

    /// The gain of a recorder changes no probability that rounding to 16 bits does not.
    @Test func aSofterRecordingIsJudgedAlike() throws {
        let folder = try TemporaryFolder()
        var tones = Tones()
        for part in 0..<4 { tones.add(seconds: 0.5, amplitude: 0.4, frequency: 150 + 40 * Float(part)) }
        // Noise in all bands, louder than what rounding puts into them.
        var random = RandomSource(seed: 1)
        let loud = tones.samples.map { $0 + 0.02 * random.normal() }
        try AudioFile.writeWAV(loud, sampleRate: 16_000, to: folder.file("loud.wav"))
        try AudioFile.writeWAV(loud.map { 0.1 * $0 }, sampleRate: 16_000, to: folder.file("soft.wav"))
        var model = try Model.builtIn()
        model.recipe.speech = nil
        let recogniser = try Recogniser(model)
        let said = try ["loud.wav", "soft.wav"].map { try recogniser.predict(path: folder.file($0)).probabilities.map(\.probability) }
        #expect(zip(said[0], said[1]).allSatisfy { abs($0 - $1) < 0.05 }, "\(said)")
    }
}
