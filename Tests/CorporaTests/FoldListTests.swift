import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

/// Lists of folds, and lists whose recordings lie elsewhere.
struct FoldListTests {
    private let folder: TemporaryFolder
    private static let names = ["03a01Wa", "03a01Na", "08a02Wa", "08a02Nc", "09a01Wb", "09a01Na"]

    init() throws {
        folder = try TemporaryFolder()
        for name in Self.names { try folder.audio("emodb/wav/\(name).wav") }
    }

    private func corpus() throws -> Corpus { try Corpus.open(path: folder.file("emodb")) }

    private func line(_ name: String, _ emotion: String) -> String {
        "{\"key\": \"emodb-\(name)\", \"dataset\": \"emodb\", \"wav\": \"downloads/emodb/wav/\(name).wav\", \"num_frame\": 1600.0, \"emo\": \"\(emotion)\"}\n"
    }

    /// Two folds as EmoBox has them; the last two recordings are in neither test.
    private func emobox() throws {
        let lines = Self.names.map { line($0, $0.contains("W") ? "angry" : "neutral") }
        for (number, test) in [0..<2, 2..<4].enumerated() {
            let fold = number + 1
            let train = lines.indices.filter { !test.contains($0) }
            try folder.write("box/fold_\(fold)/emodb_test_fold_\(fold).jsonl", lines[test].joined())
            try folder.write("box/fold_\(fold)/emodb_train_fold_\(fold).jsonl", train.map { lines[$0] }.joined())
        }
        try folder.write("box/label_map.json", "{\"angry\": 0, \"neutral\": 1}")
    }

    private func plan(_ list: String, classes: LabelSet? = nil) throws -> EvaluationPlan {
        try EvaluationProtocol(parsing: "folds=" + folder.file(list)).plan(for: corpus(), classes: classes, seed: 0)
    }

    @Test func foldsOfEmoBox() throws {
        try emobox()
        let plan = try plan("box")
        #expect(plan.folds.map(\.name) == ["fold_1", "fold_2"] && plan.classes.labels == ["anger", "neutral"])
        #expect(plan.folds.map { $0.test.map { plan.corpus.utterances[$0].speaker } } == [["03", "03"], ["08", "08"]])
        #expect(plan.folds.map(\.train.count) == [4, 4] && plan.warnings.isEmpty && !plan.isSpeakerDependent)
    }

    @Test func aTableOfFolds() throws {
        try folder.write("folds.csv", "file,fold\n03a01Wa.wav,2\n03a01Na.wav,2\nwav/08a02Wa.wav,10\nx\\wav\\08a02Nc.wav,10\n")
        let plan = try plan("folds.csv")
        #expect(plan.folds.map(\.name) == ["2", "10"] && plan.folds[0].test == [0, 1] && plan.folds[0].train == [2, 3])
        #expect(plan.warnings.map(\.code) == ["corpora.unlisted-recordings"] && plan.warnings[0].count == 2)
        #expect(plan.corpus.utterances.count == 4)
        try folder.write("parts.csv", "file,fold,part\n03a01Wa.wav,1,test\n03a01Na.wav,1,valid\n08a02Wa.wav,1,train\n")
        let parts = try self.plan("parts.csv")
        #expect(parts.folds.count == 1 && parts.folds[0].train.count == 2 && parts.isSpeakerDependent)
        try folder.write(
            "folds.jsonl", "{\"wav\": \"03a01Wa.wav\", \"fold\": 1}\n\n{\"wav\": \"08a02Nc.wav\", \"fold\": \"2\"}\n")
        #expect(try self.plan("folds.jsonl").folds.map(\.test) == [[0], [1]])
    }

    @Test func listsThatDoNotFitAreRefused() throws {
        func refused(_ name: String, _ text: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            try folder.write(name, text)
            let error = try #require(throws: CorpusError.self, sourceLocation: sourceLocation) { try plan(name) }
            #expect(error.description.contains(words), "\(error)", sourceLocation: sourceLocation)
        }
        try refused("absent.csv", "file,fold\n03a01Wa.wav,1\n99a01Wa.wav,2\n", "line 3 names \"99a01Wa.wav\"")
        try refused(
            "both.csv", "file,fold,part\n03a01Wa.wav,1,test\nwav/03a01Wa.wav,1,train\n08a02Wa.wav,1,train\n", "in both the training")
        try refused("one.csv", "file,fold\n03a01Wa.wav,1\n", "no file for training")
        try refused("part.csv", "file,fold,part\n03a01Wa.wav,1,half\n", "not train, dev or test")
        try refused("none.csv", "file,part\n03a01Wa.wav,test\n", "no column \"fold\"")
        try refused("bad.jsonl", "{\"wav\": 3}\n", "Line 1")
        try refused("unfolded.jsonl", line("03a01Wa", "angry"), "names no fold")
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
        #expect(throws: CorpusError.self) { try plan("empty") }
    }

    /// Two recordings with one name: the folders of the list decide, or nothing does.
    @Test func folderNamesDecideBetweenEqualNames() throws {
        try folder.audio("made/x/a.wav")
        try folder.audio("made/y/a.wav")
        try folder.write("made/m.csv", "file,speaker,emotion\nx/a.wav,1,anger\ny/a.wav,2,fear\n")
        let corpus = try Corpus.open(path: folder.file("made/m.csv"))
        func plan(_ text: String) throws -> EvaluationPlan {
            try folder.write("f.csv", text)
            return try EvaluationProtocol.listedFolds(path: folder.file("f.csv")).plan(for: corpus, seed: 0)
        }
        #expect(try plan("file,fold\n/data/x/a.wav,1\n/data/y/a.wav,2\n").folds.map(\.test) == [[0], [1]])
        let error = try #require(throws: CorpusError.self) { try plan("file,fold\na.wav,1\ny/a.wav,2\n") }
        #expect(error.description.contains("x/a.wav or") && error.code == "corpora.invalid-format")
    }

    /// The error names the key, not the whole line.
    @Test func aFoldThatIsNotAWholeNumberIsNamed() throws {
        try folder.write("folds.jsonl", "{\"wav\": \"03a01Wa.wav\", \"fold\": 1}\n{\"wav\": \"08a02Nc.wav\", \"fold\": 1.5}\n")
        let error = try #require(throws: CorpusError.self) { try plan("folds.jsonl") }
        #expect(error.description.contains("Line 2 of") && error.description.contains("the key \"fold\""), "\(error)")
        #expect(error.description.contains("Write it in quotes"))
        let missing = try #require(throws: CorpusError.self) { try plan("none.csv") }
        let reason = "there is no such file or folder. Check the path of the list of folds"
        #expect(missing == .unreadable(path: folder.file("none.csv"), reason: reason))
    }

    @Test func aListOfEmoBoxIsACorpus() throws {
        try emobox()
        let missing = try #require(throws: CorpusError.self) { try Corpus.open(path: folder.file("box")) }
        #expect(missing.code == "corpora.missing-file" && missing.description.contains("nor do 3 more"), "\(missing)")
        let reading = CorpusReading(audio: folder.file("emodb"))
        let corpus = try Corpus.open(path: folder.file("box"), reading)
        #expect(corpus.name == "EmoDB" && corpus.kind == .emodb && corpus.speakers == ["03", "08", "09"])
        #expect(corpus.utterances.map(\.file) == (try self.corpus().utterances.map(\.file)))
        #expect(corpus.utterances.map(\.emotion) == (try self.corpus().utterances.map(\.emotion)))
        let one = try Corpus.open(path: folder.file("box/fold_1/emodb_test_fold_1.jsonl"), reading)
        #expect(one.utterances.count == 2)
    }

    /// Labels as EmoBox spells them, and recordings without speakers.
    @Test func labelsAndSpeakersOfEmoBox() throws {
        try folder.write("a.jsonl", line("03a01Wa", "boredem") + "{\"wav\": \"08a02Wa.wav\", \"emo\": \"sad\", \"spk\": 4}\n")
        let corpus = try Corpus.open(path: folder.file("a.jsonl"), CorpusReading(audio: folder.file("emodb")))
        #expect(corpus.utterances.map(\.emotion) == ["boredom", "sadness"] && corpus.speakers == ["03", "4"])
        try folder.audio("plain/one.wav")
        try folder.write("b.jsonl", "{\"wav\": \"plain/one.wav\", \"emo\": \"sad\"}\n")
        let error = try #require(throws: CorpusError.self) { try Corpus.open(path: folder.file("b.jsonl")) }
        #expect(error.description.contains("names no speaker"), "\(error)")
    }

    @Test func recordingsOfAManifestLieElsewhere() throws {
        try folder.write("m.csv", "file,speaker,emotion\n/gone/wav/03a01Wa.wav,03,anger\nC:\\data\\08a02Nc.wav,08,neutral\n")
        let corpus = try Corpus.open(path: folder.file("m.csv"), CorpusReading(audio: folder.path))
        #expect(corpus.utterances.map(\.file) == ["03a01Wa", "08a02Nc"].map { folder.file("emodb/wav/\($0).wav") })
        try folder.audio("copy/03a01Wa.wav")
        try folder.audio("copies/03a01Wa.wav")
        #expect(try Corpus.open(path: folder.file("m.csv"), CorpusReading(audio: folder.path)).utterances.count == 2)
        try folder.write("n.csv", "file,speaker,emotion\n/gone/03a01Wa.wav,03,anger\n/gone/08a02Nc.wav,08,neutral\n")
        let error = try #require(throws: CorpusError.self) {
            try Corpus.open(path: folder.file("n.csv"), CorpusReading(audio: folder.path))
        }
        #expect(error.code == "corpora.ambiguous-file", "\(error)")
        let missing = try #require(throws: CorpusError.self) {
            try Corpus.open(path: folder.file("m.csv"), CorpusReading(audio: "nosuch"))
        }
        #expect(missing.description.hasPrefix("\"nosuch\" cannot be read: there is no such folder. Give the folder"), "\(missing)")
        let option = try #require(throws: CorpusError.self) {
            try Corpus.open(path: folder.file("emodb"), CorpusReading(leastConfidence: 0.5))
        }
        #expect(option.code == "corpora.invalid-option")
    }
}
