import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Synchronization
import Testing

/// Models of tones that are adapted to other labels of the same tones, which the layers below the head already tell apart.
struct ModelAdaptationTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus
    /// The same tones with other names.
    private let renamed: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
        renamed = Self.renamed(corpus, ["anger": "neutral", "neutral": "sadness", "sadness": "anger"])
    }

    private static func renamed(_ corpus: Corpus, _ names: [String: String], speakers: [String]? = nil) -> Corpus {
        Corpus(
            name: "mine", root: corpus.root,
            utterances: corpus.utterances.filter { speakers?.contains($0.speaker) ?? true }.compactMap { utterance in
                names[utterance.emotion].map { Utterance(file: utterance.file, speaker: utterance.speaker, emotion: $0) }
            })
    }

    private func model(_ change: (inout Recipe) -> Void = { _ in }) throws -> Model {
        var recipe = smallRecipe(epochs: 12)
        change(&recipe)
        return try ModelTraining(recipe: recipe, corpus: corpus).run()
    }

    /// Everything that a model can have, on functionals.
    private static func full(_ recipe: inout Recipe) {
        recipe.features = .utterance
        recipe.network = [.tanh(units: 8)]
        recipe.training.crop = 0
        recipe.calibration = 2
        recipe.unfamiliar = 3
        recipe.voiceNetworks = true
        recipe.weights = .bfloat16
    }

    private func read(_ model: Model) throws -> Model {
        try model.write(path: folder.file("m.safetensors"))
        return try Model(contentsOf: folder.file("m.safetensors"))
    }

    /// An enrolled voice, made by hand: tones are not speech.
    private func voice(of model: Model) throws -> Voice {
        let width = model.recipe.features.width
        try Safetensors(
            metadata: [
                "stimmung.voice": "1", "recipe": model.recipe.name, "features": jsonText(model.recipe.features), "stretches": "4",
                "seconds": "10",
            ], tensors: [.init(name: "mean", shape: [width], values: [Float](repeating: 0, count: width))]
        ).write(path: folder.file("a.voice"))
        return try Voice(contentsOf: folder.file("a.voice"))
    }

    @Test(arguments: ["frames", "functionals", "sigmoid", "utterance"]) func heldOutFiguresRise(kind: String) throws {
        let model = try model { recipe in
            switch kind {
            case "functionals": Self.full(&recipe)
            case "sigmoid": recipe.training.loss = .squaredError
            case "utterance": recipe.normalisation = .utterance
            default: break
            }
        }
        let adapted = try ModelAdaptation(of: model, to: renamed).run()
        let figures = adapted.figures
        #expect(figures.recordings == 24 && figures.speakers == 4 && figures.folds == 4 && figures.leavesSpeakersOut)
        #expect(
            figures.isImprovement && figures.warning == nil && (figures.after.uar ?? 0) > (figures.before.uar ?? 0) + 0.3,
            "\(figures.report)")
        #expect(figures.newClasses.isEmpty && figures.missingClasses.isEmpty)
        let right = try renamed.utterances.count { try Recogniser(adapted.model).predict(path: $0.file).label == $0.emotion }
        #expect(right > 16, "\(right)")
        #expect(try read(adapted.model) == adapted.model)
        let card = try #require(adapted.model.card.adaptations.first)
        #expect(card.corpus == "mine" && card.utterances == 24 && card.utterancesPerClass == ["anger": 8, "neutral": 8, "sadness": 8])
        #expect(card.after.uar == figures.after.uar && card.before.wa == figures.before.wa)
        #expect(adapted.model.card.corpus == "tones" && model.card.adaptations.isEmpty)
    }

    /// Only the head moves, and of a model with everything all of its parts.
    @Test func whatChangesAndWhatStays() throws {
        let model = try model(Self.full)
        let adapted = try ModelAdaptation(of: model, to: renamed).run().model
        for (old, new) in zip(model.ensemble.networks, adapted.ensemble.networks) {
            let start = try #require(old.affineLayers.last)
            let below = old.parameters.layerRanges[start].lowerBound
            #expect(old.parameters.values[..<below] == new.parameters.values[..<below])
            #expect(old.parameters.values[below...] != new.parameters.values[below...])
            #expect(new.parameters.values.allSatisfy { $0.roundedToBFloat16 == $0 })
        }
        #expect(adapted.voiceNetworks?.ensemble != model.voiceNetworks?.ensemble)
        #expect(adapted.voiceNetworks?.spread != model.voiceNetworks?.spread)
        #expect(adapted.temperature != model.temperature && adapted.familiarity != model.familiarity)
        let change = adapted.temperature / model.temperature
        // Both temperatures change by one factor, within what is allowed.
        let voices = try (old: #require(model.voiceNetworks?.temperature), new: #require(adapted.voiceNetworks?.temperature))
        let isAtLimit = [adapted.temperature, voices.new].contains {
            $0 == Calibration.allowed.lowerBound || $0 == Calibration.allowed.upperBound
        }
        #expect(isAtLimit || abs(voices.new / voices.old - change) < 1e-9, "\(voices), \(model.temperature), \(adapted.temperature)")
        #expect(adapted.normaliser?.deviation == model.normaliser?.deviation && adapted.recipe == model.recipe)
    }

    @Test func theBitsDoNotDependOnTheThreads() throws {
        let model = try model(Self.full)
        let results = try [1, 3].map { threads in
            var adaptation = ModelAdaptation(of: model, to: renamed)
            adaptation.workers = Workers(threads: threads)
            return try adaptation.run()
        }
        #expect(results[0].model == results[1].model && results[0].figures == results[1].figures)
        #expect(results[0].model.temperature == results[1].model.temperature)
    }

    @Test func aNewClassIsAddedAndLearnt() throws {
        let other = Self.renamed(corpus, ["anger": "anger", "neutral": "surprise", "sadness": "sadness"])
        let model = try model()
        let adapted = try ModelAdaptation(of: model, to: other).run()
        #expect(adapted.model.labels == ["anger", "neutral", "sadness", "surprise"])
        #expect(adapted.figures.newClasses == ["surprise"] && adapted.figures.missingClasses == ["neutral"])
        #expect(adapted.model.card.utterancesPerClass == model.card.utterancesPerClass + [0])
        #expect(try read(adapted.model) == adapted.model)
        let after = adapted.figures.after.confusionMatrix
        #expect((after.recall[3] ?? 0) >= 0.5 && after.recall[1] == nil, "\(after.table)")
    }

    /// A class without recordings keeps its weights, and can still be recognised.
    @Test func aMissingClassStays() throws {
        let other = Self.renamed(corpus, ["anger": "anger", "neutral": "neutral"])
        let model = try model()
        let adapted = try ModelAdaptation(of: model, to: other).run()
        #expect(adapted.figures.missingClasses == ["sadness"] && adapted.model.labels == model.labels)
        let (old, new) = try (
            #require(model.ensemble.networks[0].parameters["4.W"]), #require(adapted.model.ensemble.networks[0].parameters["4.W"])
        )
        #expect(old.row(2) == new.row(2) && old.row(0) != new.row(0))
        let sad = try corpus.utterances.filter { $0.emotion == "sadness" }.count { utterance in
            try Recogniser(adapted.model).predict(path: utterance.file).label == "sadness"
        }
        #expect(sad >= 6, "\(sad) of 8")
    }

    @Test(arguments: [false, true]) func missingClassesAreRemovedIfAskedFor(isFull: Bool) throws {
        let other = Self.renamed(corpus, ["anger": "anger", "sadness": "surprise", "neutral": "neutral"])
        let model = try model { if isFull { Self.full(&$0) } }
        var adaptation = ModelAdaptation(of: model, to: other)
        adaptation.dropsMissingClasses = true
        let adapted = try adaptation.run()
        #expect(adapted.model.labels == ["anger", "neutral", "surprise"])
        #expect(adapted.model.card.utterancesPerClass == model.card.utterancesPerClass.prefix(2) + [0])
        #expect(adapted.figures.missingClasses == ["sadness"] && adapted.figures.newClasses == ["surprise"])
        #expect(adapted.figures.report.contains("Removed classes: sadness."))
        let (before, after) = (adapted.figures.before.confusionMatrix, adapted.figures.after.confusionMatrix)
        #expect(before.classes == ["anger", "neutral", "sadness", "surprise"] && after.classes == before.classes)
        let removed = try #require(adapted.figures.beforeWithoutMissing?.confusionMatrix)
        #expect(removed.counts.allSatisfy { $0[2] == 0 } && removed.total == 24)
        #expect(after.counts.allSatisfy { $0[2] == 0 } && before.counts.contains { $0[2] > 0 }, "\(after.table)")
        #expect(after.total == 24 && before.counts[3].reduce(0, +) == 8)
        #expect(try read(adapted.model) == adapted.model)
        // What is only removed keeps its weights.
        let kept = model.keepingClasses(in: other.labels)
        for (old, new) in zip(model.ensemble.networks, kept.ensemble.networks) {
            let (all, some) = (NetworkHead(of: old).head.parameters, NetworkHead(of: new).head.parameters)
            let inputs = NetworkHead(of: old).inputs
            #expect(Array(all.values[..<(2 * inputs)]) == Array(some.values[..<(2 * inputs)]))
            #expect(Array(all.values[(3 * inputs)..<(3 * inputs + 2)]) == Array(some.values[(2 * inputs)...]))
        }
    }

    @Test func oneSpeakerIsDividedByRecording() throws {
        let one = Self.renamed(corpus, ["anger": "neutral", "neutral": "sadness", "sadness": "anger"], speakers: ["a"])
        let figures = try ModelAdaptation(of: model(), to: one).run().figures
        #expect(figures.speakers == 1 && !figures.leavesSpeakersOut && figures.folds == 5 && figures.recordings == 6)
        #expect(figures.report.contains("recordings, not speakers, out"))
    }

    /// A copy of a recording is not recognised by networks that have heard the recording.
    @Test func copiesLieInTheFoldOfTheirRecording() throws {
        let one = Self.renamed(corpus, ["anger": "neutral", "neutral": "sadness", "sadness": "anger"], speakers: ["a"])
        var copies = one.utterances
        for (number, utterance) in one.utterances.enumerated() {
            try FileManager.default.copyItem(atPath: utterance.file, toPath: folder.file("copy-\(number).wav"))
            copies.append(Utterance(file: folder.file("copy-\(number).wav"), speaker: "a", emotion: utterance.emotion))
        }
        let twice = Corpus(name: "mine", root: folder.path, utterances: copies)
        let numbers = twice.recordingNumbers(workers: Workers())
        #expect(numbers == Array(0..<6) + Array(0..<6))
        var adaptation = try ModelAdaptation(of: model(), to: twice)
        adaptation.folds = 100
        #expect(try adaptation.run().figures.folds == 6)
        for seed in 0..<5 as Range<UInt64> {
            for fold in try twice.randomFolds(3, seed: seed, recordings: numbers) {
                #expect(Set(fold.test.map { numbers[$0] }).isDisjoint(with: fold.train.map { numbers[$0] }) && fold.test.count == 4)
            }
        }
        // Of the same recordings, each known, nothing can be held out.
        let same = Corpus(name: "mine", root: folder.path, utterances: [0, 0, 0, 0].map { copies[$0] })
        #expect(throws: CorpusError.tooFewUtterances(corpus: "mine", utterances: 1, folds: 1)) {
            try same.randomFolds(1, seed: 0, recordings: same.recordingNumbers(workers: Workers()))
        }
    }

    /// Stretches that overlap share sound; others do not.
    @Test func overlappingStretchesAreOneRecording() {
        let file = corpus.utterances[0].file
        func stretch(_ start: Double?, _ end: Double?) -> Utterance {
            Utterance(file: file, speaker: "a", emotion: "anger", start: start, end: end)
        }
        let stretches = Corpus(
            name: "mine", root: folder.path, utterances: [stretch(0, 0.1), stretch(0.1, 0.2), stretch(0.2, 0.4), stretch(0.3, 0.5)])
        #expect(stretches.recordingNumbers(workers: Workers()) == [0, 1, 2, 2])
        #expect(Set(stretches.utterances.map(\.contentDigits)).count == 4)
        let open = Corpus(name: "mine", root: folder.path, utterances: stretches.utterances + [stretch(nil, nil)])
        #expect(Set(open.recordingNumbers(workers: Workers())).count == 1)
    }

    /// The confidence of the old model stays where the held-out recordings are of speakers that the networks have heard.
    @Test func foldsOfRecordingsDoNotChangeConfidence() throws {
        let model = try model(Self.full)
        var adaptation = ModelAdaptation(of: model, to: renamed)
        adaptation.foldsBy = .recordings
        let adapted = try adaptation.run()
        #expect(!adapted.figures.leavesSpeakersOut && adapted.figures.speakers == 4 && adapted.figures.folds == 5)
        #expect(adapted.model.temperature == model.temperature && adapted.model.familiarity == model.familiarity)
        #expect(adapted.model.ensemble != model.ensemble)
    }

    /// Contradictory speakers keep the old weights, consistent ones do not. A given strength is taken.
    @Test func theStrengthIsChosenByHeldOutRecordings() throws {
        let model = try model()
        let consistent = try ModelAdaptation(of: model, to: renamed).run().figures
        #expect(consistent.strengths.ofAll == 0.3 && consistent.strengths.ofFolds.count == 4, "\(consistent.strengths)")
        let names = ["anger", "neutral", "sadness"]
        let contradictory = Corpus(
            name: "mine", root: folder.path,
            utterances: corpus.utterances.map { utterance in
                let shift = ["a": 0, "b": 1, "c": 2, "d": 0][utterance.speaker] ?? 0
                let place = names.firstIndex(of: utterance.emotion) ?? 0
                return Utterance(file: utterance.file, speaker: utterance.speaker, emotion: names[(place + shift) % 3])
            })
        let held = try ModelAdaptation(of: model, to: contradictory).run().figures
        #expect(held.strengths.ofAll == 30, "\(held.strengths)")
        var given = ModelAdaptation(of: model, to: renamed)
        given.strength = 7
        #expect(try given.run().figures.strengths == AdaptationFigures.Strengths(ofFolds: [7, 7, 7, 7], ofAll: 7))
        given.strength = nil
        given.folds = 2
        #expect(try given.run().figures.strengths == AdaptationFigures.Strengths(ofFolds: [30, 30], ofAll: 30))
    }

    /// The labels of a fold choose nothing for it: with contradictory ones, its strength stays, and those of the others change.
    @Test(arguments: [4, 8]) func theStrengthOfAFoldDoesNotDependOnItsLabels(count: Int) throws {
        let model = try model()
        func strengths(_ labels: (Int, String) -> String) throws -> [Double] {
            let corpus = Corpus(
                name: "mine", root: folder.path,
                utterances: renamed.utterances.enumerated().map {
                    Utterance(file: $1.file, speaker: $1.speaker, emotion: labels($0, $1.emotion))
                })
            let features = try CorpusFeatures(of: corpus, by: CorpusFeatures.Extraction(model.recipe.features, workers: Workers()))
            let networks = try NetworkAdaptation(model, to: features, workers: Workers(), cancellation: Cancellation())
            let folds = (0..<count).map { fold in
                Fold(
                    name: "\(fold)", train: corpus.utterances.indices.filter { $0 % count != fold },
                    test: corpus.utterances.indices.filter { $0 % count == fold })
            }
            let trials = AdaptationTrials(networks: networks, folds: folds, strengths: [30, 3, 0.3], workers: Workers())
            return try trials.run {}.strengths.ofFolds
        }
        let shifted = ["anger": "neutral", "neutral": "sadness", "sadness": "anger"]
        let usual = try strengths { $1 }
        let changed = try strengths { index, label in index % count == 0 ? shifted[label] ?? label : label }
        #expect(usual[0] == changed[0] && usual.count == count)
        // All labels at random: what is chosen does depend on labels.
        #expect(try strengths { index, _ in ["anger", "neutral", "sadness"][(index * index + index / 5) % 3] } != usual)
    }

    private func warnings(_ adaptation: ModelAdaptation) throws -> (AdaptedModel, [CorpusWarning]) {
        var adaptation = adaptation
        let warnings = Mutex<[CorpusWarning]>([])
        adaptation.onWarning = { warning in warnings.withLock { $0.append(warning) } }
        return (try adaptation.run(), warnings.withLock(\.self))
    }

    /// Adapting an adapted model is possible, and both are in its card. Figures on recordings that it has heard are not held out.
    @Test func adaptationsAddUp() throws {
        let some = Self.renamed(corpus, ["anger": "neutral", "neutral": "sadness", "sadness": "anger"], speakers: ["a", "b"])
        let (once, first) = try warnings(ModelAdaptation(of: model(), to: some))
        #expect(once.figures.heardBefore == 0 && first.isEmpty)
        let (twice, second) = try warnings(ModelAdaptation(of: read(once.model), to: renamed))
        #expect(twice.model.card.adaptations.map(\.corpus) == ["mine", "mine"] && twice.figures.heardBefore == 12)
        #expect(second.map(\.code) == ["evaluation.heard-recordings"] && second[0].message.hasPrefix("12 of 24 recordings"), "\(second)")
        #expect(try read(twice.model) == twice.model)
    }

    @Test func aCorpusNamedLikeTheTrainingCorpusIsReported() throws {
        let (_, warnings) = try warnings(ModelAdaptation(of: model(), to: corpus))
        #expect(warnings.map(\.code) == ["evaluation.heard-recordings"] && warnings[0].examples == ["tones"], "\(warnings)")
    }

    /// A fold that has the only speaker of a new class cannot learn it.
    @Test func aNewClassOfOneSpeakerIsReported() throws {
        let other = Corpus(
            name: "mine", root: folder.path,
            utterances: renamed.utterances.map { utterance in
                var utterance = utterance
                if utterance.speaker == "c", utterance.emotion == "anger" { utterance.emotion = "surprise" }
                return utterance
            })
        let (adapted, warnings) = try warnings(ModelAdaptation(of: model(), to: other))
        #expect(warnings.map(\.code) == ["evaluation.untrained-classes"] && warnings[0].examples.count == 1, "\(warnings)")
        #expect(adapted.figures.after.confusionMatrix.recall.last == 0)
    }

    /// A speaker's only recording, less the speaker's mean, says nothing: networks for voices are not fitted to it.
    @Test func voicesNeedTwoRecordingsOfASpeaker() throws {
        let model = try model(Self.full)
        let alone = Corpus(
            name: "mine", root: folder.path,
            utterances: renamed.utterances.enumerated().map { Utterance(file: $1.file, speaker: "s\($0)", emotion: $1.emotion) })
        let adapted = try ModelAdaptation(of: model, to: alone).run().model
        #expect(adapted.voiceNetworks?.ensemble == model.voiceNetworks?.ensemble && adapted.ensemble != model.ensemble)
        #expect(adapted.voiceNetworks?.spread == model.voiceNetworks?.spread)
        // New classes need outputs all the same.
        let wider = Corpus(
            name: "mine", root: folder.path,
            utterances: alone.utterances.map {
                Utterance(file: $0.file, speaker: $0.speaker, emotion: $0.emotion == "anger" ? "surprise" : $0.emotion)
            })
        let widened = try ModelAdaptation(of: model, to: wider).run().model
        #expect(try widened.voiceNetworks?.ensemble.outputs == 4 && read(widened) == widened)
    }

    /// A damaged card may claim any number of recordings.
    @Test func countsOfACardDoNotOverflow() throws {
        let card = try #require(ModelAdaptation(of: model(), to: renamed).run().model.card.adaptations.first)
        var object = try #require(JSONSerialization.jsonObject(with: Data(jsonText(card).utf8)) as? [String: Any])
        object["utterances_per_class"] = ["anger": Int.max, "neutral": Int.max]
        object["contents"] = nil
        let claimed = try JSONDecoder().decode(ModelCard.Adaptation.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(claimed.utterances == .max)
    }

    @Test func severalCorporaAreUsedTogether() throws {
        let first = Self.renamed(corpus, ["anger": "anger", "neutral": "neutral", "sadness": "sadness"], speakers: ["a", "b"])
        let second = Self.renamed(corpus, ["anger": "anger", "neutral": "neutral"], speakers: ["c", "d"])
        let joined = try Corpus(joining: [first, second])
        let figures = try ModelAdaptation(of: model(), to: joined).run().figures
        #expect(figures.corpus == "mine + mine (2)" && figures.recordings == 20 && figures.speakers == 4)
    }

    @Test func unusableRecordingsAreSkippedOrListed() throws {
        let silent = try folder.tone("silent.wav", seconds: 0.5, amplitude: 0)
        let other = Corpus(
            name: "mine", root: folder.path,
            utterances: renamed.utterances + [Utterance(file: silent, speaker: "a", emotion: "anger")])
        var adaptation = ModelAdaptation(of: try model(), to: other)
        let warnings = Mutex<[CorpusWarning]>([])
        adaptation.onWarning = { warning in warnings.withLock { $0.append(warning) } }
        #expect(try adaptation.run().figures.recordings == 24)
        #expect(warnings.withLock { $0.contains { $0.examples == [silent] } })
        adaptation.skipShare = 0
        #expect(throws: UnreadableUtterances.self) { try adaptation.run() }
    }

    @Test func whatCannotBeAdaptedToIsRefused() throws {
        let model = try model()
        let unknown = Self.renamed(corpus, ["anger": "joyfulness", "neutral": "dread"])
        #expect(throws: AdaptationError.noSharedClass(corpus: "mine", labels: ["dread", "joyfulness"], model: model.labels)) {
            try ModelAdaptation(of: model, to: unknown).run()
        }
        let single = Corpus(name: "mine", root: folder.path, utterances: [0, 2, 3].map { corpus.utterances[$0] })
        #expect(throws: AdaptationError.tooFewRecordings(corpus: "mine", counts: ["anger": 1, "neutral": 2])) {
            try ModelAdaptation(of: model, to: single).run()
        }
        let one = Self.renamed(corpus, ["anger": "anger"])
        #expect(throws: CorpusError.tooFewClasses(corpus: "mine", classes: ["anger"])) { try ModelAdaptation(of: model, to: one).run() }
        let none = Corpus(name: "mine", root: folder.path, utterances: [])
        #expect(throws: CorpusError.self) { try ModelAdaptation(of: model, to: none).run() }
        var adaptation = ModelAdaptation(of: model, to: renamed)
        adaptation.folds = 1
        #expect(throws: AdaptationError.option(name: "folds", value: "1", allowed: "2 to 100")) { try adaptation.run() }
        adaptation.folds = 5
        adaptation.strength = .nan
        #expect(throws: AdaptationError.option(name: "strength", value: "nan", allowed: "0.001 to 1000")) { try adaptation.run() }
        let known = try Recogniser(model).knowing(voice(of: model)).model
        #expect(throws: AdaptationError.isAdapted) { try ModelAdaptation(of: known, to: renamed).run() }
    }

    @Test func itCanBeCancelled() throws {
        let adaptation = ModelAdaptation(of: try model(), to: renamed)
        #expect(throws: Cancelled.self) {
            try adaptation.run { if $0.stage.name == "adaptation" { adaptation.cancellation.cancel() } }
        }
    }

    @Test func progressCountsEveryNetwork() throws {
        let seen = Mutex<[Int]>([])
        let model = try model(Self.full)
        _ = try ModelAdaptation(of: model, to: renamed).run { step in
            if step.stage.name == "adaptation" { seen.withLock { $0.append(step.completed * 100 + step.total) } }
        }
        // At three strengths a network without each of four folds and one without each two; that of the model, and that for voices.
        #expect(seen.withLock(\.self) == (1...32).map { $0 * 100 + 32 })
    }
}
