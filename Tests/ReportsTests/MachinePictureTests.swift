import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungFeatures
import StimmungReports
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Testing

/// Pictures of small machines on recordings of noisy tones.
struct MachinePictureTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        var utterances: [Utterance] = []
        for (s, speaker) in ["a", "b"].enumerated() {
            for number in 0..<2 {
                var random = RandomSource(seed: 1).stream(s, number)
                let frequency = 300 * Float(1 + s + 2 * number)
                let samples = (0..<9600).map { 0.1 * sin(2 * .pi * frequency * Float($0) / 16_000) + 0.02 * random.normal() }
                let file = folder.path + "/\(speaker) & \(number).wav"
                try AudioFile.writeWAV(samples, sampleRate: 16_000, to: file)
                utterances.append(Utterance(file: file, speaker: speaker, emotion: "neutral"))
            }
        }
        corpus = Corpus(name: "tones", root: folder.path, utterances: utterances)
    }

    private func machines(
        kinds: [FeatureKind] = [.mfcc], deltas: Int = 0, normalisation: Normalisation = .train,
        machines: [PretrainingRecipe.Machine] = [.init(hidden: 12, order: 3)]
    ) throws -> PretrainedMachines {
        var recipe = Recipe(name: "small-crbm", network: [.lstm(cells: 4)])
        recipe.features = FeatureOptions(kinds: kinds, deltas: deltas)
        recipe.normalisation = normalisation
        var pretraining = PretrainingRecipe(machines: machines)
        pretraining.epochs = 3
        pretraining.batch = 32
        pretraining.learningRate = normalisation == .none ? 1e-5 : 1e-3
        recipe.pretraining = pretraining
        return try Pretraining(recipe: recipe, corpora: [corpus]).run()
    }

    private func pictures(_ machines: PretrainedMachines, corpus: Corpus? = nil) throws -> MachinePictures {
        var pictures = MachinePictures(machines)
        pictures.recording = try RecordedFrames(self.corpus.utterances[0], recipe: machines.recipe, reference: .init(corpus: corpus))
        return pictures
    }

    @Test func aConditionalMachineHasFourPictures() throws {
        let pictures = try pictures(machines(), corpus: corpus)
        let (drawn, leftOut) = try pictures.draw()
        #expect(drawn.map(\.name) == ["filters.svg", "learning.svg", "reconstructions.svg", "continuation.svg"] && leftOut.isEmpty)
        for picture in drawn {
            let xml = try ParsedXML(picture.svg)
            #expect(xml.isSelfContained && !picture.svg.contains("nan"), "\(picture.name)")
            #expect(xml.texts.contains { $0.contains("conditional RBM of order 3") })
        }
        #expect(drawn[2].svg.contains("a &amp; 0.wav") && drawn[2].svg.contains("corpus tones, 4"))
        #expect(drawn[0].svg.contains("frequency (kHz)") && drawn[0].svg.contains("t−3"))
        #expect(try pictures.draw().pictures.map(\.svg) == drawn.map(\.svg))
        var other = pictures
        other.seed = 5
        #expect(try other.draw().pictures.map(\.svg)[3] != drawn[3].svg)
    }

    @Test func withoutARecordingTheMachineItselfIsShown() throws {
        let (drawn, leftOut) = try MachinePictures(machines()).draw()
        #expect(drawn.map(\.name) == ["filters.svg", "learning.svg"])
        #expect(leftOut == [.framesWithoutRecording] && leftOut[0].description.contains("need a recording"))
        #expect(!drawn[0].svg.contains("frequency (kHz)") && drawn[0].svg.contains("largest weights W"))
    }

    @Test func aPlainMachineHasNoContinuation() throws {
        let (drawn, leftOut) = try pictures(machines(machines: [.init(hidden: 6)])).draw()
        #expect(drawn.map(\.name) == ["filters.svg", "learning.svg", "reconstructions.svg"])
        #expect(leftOut == [.continuationOfOrderZero] && leftOut[0].description.contains("order 0"))
        #expect(!drawn[2].svg.contains("Prediction") && drawn[2].svg.contains("recording's own"))
    }

    @Test(arguments: [[FeatureKind.fbank], [.energy, .mfcc], [.energy], [.mfcc, .fbank]]) func otherFeaturesAreShownToo(
        kinds: [FeatureKind]
    ) throws {
        for deltas in [0, 2] {
            let (drawn, _) = try pictures(machines(kinds: kinds, deltas: deltas)).draw()
            #expect(drawn.count == 4)
            for picture in drawn { _ = try ParsedXML(picture.svg) }
            #expect(drawn[2].svg.contains("ln E") == (kinds != [.energy]))
        }
    }

    @Test(arguments: Normalisation.allCases) func everyNormalisationIsSaidAndUndone(normalisation: Normalisation) throws {
        let machines = try machines(normalisation: normalisation)
        let recorded = try RecordedFrames(corpus.utterances[0], recipe: machines.recipe, reference: .init(corpus: corpus))
        var back = recorded.frames
        recorded.normaliser?.undo(on: &back)
        for (a, b) in zip(back.elements, recorded.features.elements) { #expect(abs(a - b) < 1e-2) }
        let words: [Normalisation: String] = [
            .none: "not normalised", .train: "corpus tones, 4", .utterance: "recording's own", .speaker: "speaker a of tones, 2",
            .corpus: "corpus tones, 4",
        ]
        #expect(recorded.statistics.contains(try #require(words[normalisation])), "\(recorded.statistics)")
        #expect((recorded.normaliser == nil) == (normalisation == .none))
        #expect(try pictures(machines, corpus: corpus).draw().pictures.count == 4)
    }

    @Test func ofAStackTheLowestIsShownAndAllLearningCurves() throws {
        let (drawn, _) = try pictures(machines(machines: [.init(hidden: 12, order: 2), .init(hidden: 8, order: 1)])).draw()
        #expect(drawn.count == 4 && drawn[3].svg.contains("the lowest of 2"))
        let texts = try ParsedXML(drawn[1].svg).texts
        #expect(texts.contains("Learning of a stack of 2 machines"))
        for name in ["machine 1, reconstruction", "machine 2, reconstruction", "machine 2, gap"] {
            #expect(texts.contains(name), "\(name)")
        }
    }

    @Test func aModelShowsItsFiltersAndSaysWhatIsMissing() throws {
        let machines = try machines()
        var training = ModelTraining(
            recipe: machines.recipe,
            corpus: Corpus(
                name: "two", root: corpus.root,
                utterances: corpus.utterances.enumerated().map { number, utterance in
                    var utterance = utterance
                    utterance.emotion = number % 2 == 0 ? "anger" : "neutral"
                    return utterance
                }))
        training.recipe.training.epochs = 1
        training.machines = machines
        let model = try training.run()
        let pictures = try MachinePictures(model)
        #expect(pictures.machine["W"] == machines.stack.machines[0]["W"] && pictures.machine["B"] == machines.stack.machines[0]["B"])
        let (drawn, leftOut) = try pictures.draw()
        #expect(drawn.map(\.name) == ["filters.svg"] && leftOut == [.learningOfAModel, .framesOfAModel])
        #expect(drawn[0].svg.contains("frequency (kHz)") && !drawn[0].svg.contains("A: from"))
        _ = try ParsedXML(drawn[0].svg)

        var plain = Recipe(name: "no-machines", network: [.lstm(cells: 4)])
        plain.training.epochs = 1
        let other = try ModelTraining(recipe: plain, corpus: training.corpus).run()
        #expect(throws: ReportError.noMachines(recipe: "no-machines")) { try MachinePictures(other) }
    }

    @Test func optionsBeyondTheRecordingAreErrors() throws {
        var pictures = try pictures(machines())
        pictures.after = 60
        let error = #expect(throws: ReportError.self) { try pictures.draw() }
        #expect(error?.description.contains("60 s") == true && error?.description.contains("a & 0.wav") == true)
        pictures.after = 0.5
        #expect(try pictures.draw().pictures.count == 4)
        pictures.units = 0
        #expect(throws: ReportError.self) { try pictures.draw() }
        pictures.units = 200
        #expect(try pictures.draw().pictures[0].shows.contains("12 of 12"))
    }
}
