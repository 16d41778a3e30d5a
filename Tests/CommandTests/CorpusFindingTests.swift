import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

/// What the commands that train and test report about a corpus.
struct CorpusFindingTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// The utterances of the shared corpus, to be changed.
    private func utterances() throws -> [Utterance] { try Corpus.open(path: fixture.corpus).utterances }

    private func manifest(_ name: String, _ utterances: [Utterance]) throws {
        try Manifest.write(Corpus(name: name, root: folder.path, utterances: utterances), to: folder.file(name))
    }

    private func evaluate(_ corpus: String, _ options: [String] = []) throws -> FinishedProgram {
        try Program.run(["evaluate", fixture.recipe, "--corpus", corpus, "--epochs", "1", "-q"] + options, in: folder)
    }

    private func silent(_ names: [String]) throws -> [Utterance] {
        try names.map { name in
            Utterance(file: try folder.tone(name, seconds: 0.5, amplitude: 0), speaker: "a", emotion: "anger")
        }
    }

    @Test func anUnusableRecordingIsSkippedLoudly() throws {
        try manifest("m.csv", utterances() + silent(["silent.wav"]))
        let run = try evaluate("m.csv", ["--protocol", "test=a", "--json", "-"])
        #expect(run.status == 0, "\(run)")
        #expect(run.errors.contains("stimmung: warning: 1 of 19 utterances of m was skipped because it is silent: silent.wav"), "\(run)")
        let object = try #require(try run.json() as? [String: Any])
        #expect(object["utterances"] as? Int == 6, "\(run)")
        let warnings = try #require(object["warnings"] as? [[String: Any]], "\(run)")
        #expect(warnings.map { $0["code"] as? String } == ["corpora.unusable-recordings"])
        #expect(warnings[0]["examples"] as? [String] == ["silent.wav"] && warnings[0]["message"] as? String != nil)
    }

    @Test func moreThanTheShareIsAnErrorThatSaysHowToGoOn() throws {
        try manifest("m.csv", utterances() + silent(["s1.wav", "s2.wav"]))
        let refused = try Program.run(
            ["train", fixture.recipe, "--corpus", "m.csv", "--epochs", "1", "-q", "-o", "m.safetensors"], in: folder)
        #expect(refused.status == 1, "\(refused)")
        for words in ["2 of 20", "s1.wav is silent", "s2.wav is silent", "--skip-unusable all"] {
            #expect(refused.errors.contains(words), "\(refused)")
        }
        for share in ["all", "10%", "0.1"] {
            let run = try Program.run(
                ["train", fixture.recipe, "--corpus", "m.csv", "--epochs", "1", "-q", "-o", "m.safetensors", "--skip-unusable", share],
                in: folder)
            #expect(run.status == 0, "\(run)")
            #expect(run.errors.contains("2 of 20 utterances of m were skipped because they are silent: s1.wav, s2.wav"), "\(run)")
        }
    }

    @Test func noneIsSkippedOnRequestAndAShareMustBeOne() throws {
        try manifest("m.csv", utterances() + silent(["s1.wav"]))
        let none = try evaluate("m.csv", ["--skip-unusable", "none"])
        #expect(none.status == 1 && none.errors.contains("s1.wav is silent"), "\(none)")
        for text in ["2", "-1%", "some", "101%", "nan"] {
            let wrong = try evaluate("m.csv", ["--skip-unusable=\(text)"])
            #expect(wrong.status == 2 && wrong.errors.contains("skip-unusable"), "\(wrong)")
        }
    }

    @Test func aDescriptionReportsFindings() throws {
        var all = try utterances()
        all[0].speaker = "A"
        all.append(all[1])
        all[all.count - 1].speaker = "b"
        try manifest("m.csv", all)
        let run = try Program.run(["corpus", "describe", "m.csv", "--json"], in: folder)
        let object = try #require(try run.json() as? [String: Any], "\(run)")
        let codes = (object["warnings"] as? [[String: Any]])?.compactMap { $0["code"] as? String }
        #expect(codes == ["corpora.similar-names", "corpora.shared-recordings"])
        #expect(run.errors.contains("stimmung: warning: nearly equal speaker names in m: \"A\"") && run.status == 0, "\(run)")
    }

    @Test func leakageBetweenSpeakersIsNamed() throws {
        let once = try utterances()
        let twice = ["A", "B"].flatMap { speaker in
            once.map { utterance in
                var copy = utterance
                copy.speaker = speaker
                return copy
            }
        }
        try manifest("m.csv", twice)
        let run = try evaluate("m.csv", ["--json", "-"])
        #expect(run.status == 0 && run.errors.contains("warning: 18 recordings appear under more than one speaker"), "\(run)")
        let object = try #require(try run.json() as? [String: Any])
        #expect((object["warnings"] as? [[String: Any]])?.first?["count"] as? Int == 18, "\(run)")
    }

    @Test func contradictoryLabelsAreRefused() throws {
        var all = try utterances()
        all.append(all[0])
        all[all.count - 1].emotion = "sadness"
        try manifest("m.csv", all)
        for run in try [
            evaluate("m.csv"), Program.run(["train", fixture.recipe, "--corpus", "m.csv", "-q", "-o", "m.safetensors"], in: folder),
        ] {
            #expect(run.status == 1 && run.errors.contains("is anger and sadness"), "\(run)")
        }
    }

    @Test func labelsOutsideOfACrossCorpusEvaluationAreNamed() throws {
        let all = try utterances()
        try manifest("one.csv", all.filter { $0.speaker == "a" })
        try manifest(
            "two.csv",
            all.filter { $0.speaker != "a" }.map { utterance in
                var copy = utterance
                if copy.emotion == "sadness" { copy.emotion = "surprise" }
                return copy
            })
        let run = try evaluate("one.csv", ["--protocol", "cross=two.csv"])
        #expect(run.status == 0 && run.errors.contains("one: sadness (2); two: surprise (4)"), "\(run)")
    }

    /// The same manifest under another name, and in another folder, resumes; an edit of equal size and time does not.
    @Test func aJournalFollowsTheData() throws {
        let own = try utterances().filter { $0.speaker != "c" }.map { utterance in
            var copy = utterance
            copy.file = folder.file("data/" + (utterance.file as NSString).lastPathComponent)
            try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: utterance.file, toPath: copy.file)
            return copy
        }
        try manifest("data/one.csv", own)
        #expect(try evaluate("data/one.csv", ["--journal", "j"]).status == 0)
        try FileManager.default.moveItem(atPath: folder.file("data"), toPath: folder.file("moved"))
        try FileManager.default.moveItem(atPath: folder.file("moved/one.csv"), toPath: folder.file("moved/other.csv"))
        let again = try evaluate("moved/other.csv", ["--journal", "j", "--json", "-"])
        let object = try #require(try again.json() as? [String: Any], "\(again)")
        #expect(object["resumed_folds"] as? Int == 2, "\(again)")
        try Self.edit(folder.file("moved/" + (own[0].file as NSString).lastPathComponent))
        let edited = try evaluate("moved/other.csv", ["--journal", "j"])
        #expect(edited.status == 1 && edited.errors.contains("The journal j "), "\(edited)")
    }

    /// Changes a byte; size and time of modification stay.
    private static func edit(_ path: String) throws {
        let before = try FileManager.default.attributesOfItem(atPath: path)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 300)
        try file.write(contentsOf: Data([0x55]))
        try file.close()
        try FileManager.default.setAttributes([.modificationDate: try #require(before[.modificationDate])], ofItemAtPath: path)
    }
}
