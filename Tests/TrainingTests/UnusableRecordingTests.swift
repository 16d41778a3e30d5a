import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Synchronization
import Testing

/// Recordings without usable sound among others.
struct UnusableRecordingTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    /// The corpus with more utterances of its first speaker and class.
    private func corpus(with files: [String]) -> Corpus {
        Corpus(
            name: corpus.name, root: corpus.root,
            utterances: corpus.utterances + files.map { Utterance(file: $0, speaker: corpus.speakers[0], emotion: corpus.labels.labels[0]) }
        )
    }

    private func features(_ files: [String], share: Double, copies: [RecordingCopy] = []) throws -> CorpusFeatures {
        var extraction = CorpusFeatures.Extraction(FeatureOptions(), workers: Workers(threads: 2))
        extraction.skipShare = share
        return try CorpusFeatures(of: corpus(with: files), copies: copies, by: extraction)
    }

    private func empty(_ name: String) throws -> String { try folder.write(name, "") }
    private func silent(_ name: String) throws -> String { try folder.tone(name, seconds: 0.5, amplitude: 0) }
    private func short(_ name: String) throws -> String { try folder.tone(name, seconds: 0.005) }
    private func cut(_ name: String) throws -> String {
        let whole = try folder.tone(name, seconds: 0.5)
        return try folder.write(name, [UInt8](Data(contentsOf: URL(filePath: whole)).prefix(44)))
    }

    @Test func everyKindIsSkippedAndReported() throws {
        let files = try [
            empty("z1.wav"), silent("z2.wav"), short("z3.wav"), folder.write("z4.wav", "this is text"), cut("z5.wav"), empty("z6.wav"),
            folder.file("z7.wav"),
        ]
        let whole = corpus(with: files)
        let features = try features(files, share: 1)
        #expect(features.corpus.utterances == corpus.utterances && features.recordings.count == corpus.utterances.count)
        let warnings = CorpusWarning.unusable(features.unusable, in: whole)
        #expect(warnings.allSatisfy { $0.code == "corpora.unusable-recordings" } && warnings.reduce(0) { $0 + $1.count } == files.count)
        func warning(_ words: String) throws -> CorpusWarning {
            try #require(warnings.first { $0.message.contains(words) }, "\(words): \(warnings)")
        }
        #expect(try warning("are empty (0 bytes)").examples == [files[0], files[5]])
        for (words, file) in [("is silent", 1), ("shorter than one frame", 2), ("not audio", 3), ("cannot be opened", 6)] {
            #expect(try warning(words).examples == [files[file]])
        }
    }

    @Test func theShareIsALimit() throws {
        // 24 utterances and these: a twentieth is one.
        let one = try [silent("z1.wav")]
        let two = try one + [silent("z2.wav")]
        #expect(try features(one, share: SkipLimit.usualShare).unusable.count == 1)
        #expect(try features(two, share: 0.1).unusable.count == 2)
        let error = try #require(throws: UnreadableUtterances.self) { try features(two, share: SkipLimit.usualShare) }
        #expect(error.allowed == 1 && error.of == 26 && error.errors.count == 2)
        for file in two { #expect("\(error)".contains(file), "\(error)") }
        #expect(throws: UnreadableUtterances.self) { try features(one, share: 0) }
    }

    @Test func nothingUsableIsAnErrorWhateverTheShare() throws {
        let made = Corpus(name: "none", root: ".", utterances: [Utterance(file: try silent("z.wav"), speaker: "a", emotion: "anger")])
        var extraction = CorpusFeatures.Extraction(FeatureOptions(), workers: Workers(threads: 1))
        extraction.skipShare = 1
        #expect(throws: UnreadableUtterances.self) { try CorpusFeatures(of: made, by: extraction) }
    }

    /// Long enough as it is, too short when it is played faster.
    @Test func tooShortAfterACopysAlteration() throws {
        let file = try folder.tone("z.wav", seconds: 0.03)
        let copies = try [RecordingCopy(parsing: "speed=1.5")]
        #expect(try features([file], share: 1).unusable.isEmpty)
        let altered = try features([file], share: 1, copies: copies)
        #expect(altered.unusable.map(\.code) == ["features.too-short"])
        #expect(altered.copies[0].count == corpus.utterances.count && altered.recordings.count == corpus.utterances.count)
    }

    @Test func aTrainedModelIsThatOfTheUsableRecordings() throws {
        var training = ModelTraining(recipe: smallRecipe(epochs: 2), corpus: corpus(with: [try silent("z.wav")]))
        let found = WarningList()
        training.onWarning = found.add
        let model = try training.run()
        #expect(model.card.utterances == corpus.utterances.count)
        #expect(found.codes == ["corpora.unusable-recordings"])
        let plain = try ModelTraining(recipe: smallRecipe(epochs: 2), corpus: corpus).run()
        #expect(model.ensemble.networks[0].parameters.values == plain.ensemble.networks[0].parameters.values)
    }

    @Test func aClassThatLosesAllItsRecordingsIsAnError() throws {
        let lonely = Corpus(
            name: "lonely", root: ".",
            utterances: corpus.utterances + [Utterance(file: try silent("z.wav"), speaker: corpus.speakers[0], emotion: "surprise")])
        let error = try #require(throws: CorpusError.self) { try ModelTraining(recipe: smallRecipe(epochs: 1), corpus: lonely).run() }
        #expect("\(error)".contains("surprise"), "\(error)")
    }
}

/// Collects findings.
final class WarningList: Sendable {
    private let found = Mutex<[CorpusWarning]>([])

    var codes: [String] { found.withLock { $0.map(\.code) } }

    @Sendable func add(_ warning: CorpusWarning) { found.withLock { $0.append(warning) } }
}
