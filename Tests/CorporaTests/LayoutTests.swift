import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

@Suite struct LayoutTests {
    @Test func emodb() throws {
        let folder = try TemporaryFolder()
        for name in ["03a01Wa", "08a02Fb", "10b01La", "16a05Ea", "13a01Aa", "11a01Tc", "12a07Nd"] {
            try folder.audio("emodb/wav/\(name).wav")
        }
        try folder.write("emodb/erkennung.txt", "a table beside the audio is no audio")
        for root in ["emodb", "emodb/wav"] {
            let corpus = try Corpus.open(path: folder.path + "/" + root)
            #expect(corpus.kind == .emodb)
            #expect(corpus.name == "EmoDB")
            #expect(corpus.speakers == ["03", "08", "10", "11", "12", "13", "16"])
            #expect(corpus.utterances.map(\.emotion) == ["anger", "happiness", "boredom", "sadness", "neutral", "fear", "disgust"])
            #expect(corpus.utterances.map(\.gender) == [.male, .female, .male, .male, .male, .female, .female])
            #expect(corpus.utterances[0].text == "a01")
            #expect(corpus.utterances[0].repetition == "a")
            #expect(corpus.skipped.isEmpty)
        }
    }

    @Test func ravdess() throws {
        let folder = try TemporaryFolder()
        try folder.audio("Actor_01/03-01-05-02-01-01-01.wav")
        try folder.audio("Actor_02/03-01-08-01-02-02-02.wav")
        try folder.audio("Actor_02/03-02-03-01-02-02-02.wav")
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.kind == .ravdess)
        #expect(corpus.utterances.map(\.emotion) == ["anger", "surprise"])
        #expect(corpus.utterances.map(\.gender) == [.male, .female])
        #expect(corpus.utterances.map(\.intensity) == ["strong", "normal"])
        #expect(corpus.speakers == ["01", "02"])
        #expect(corpus.skipped.map(\.reason) == ["a song, not speech"])
    }

    @Test func saveeInFoldersAndFlat() throws {
        let folder = try TemporaryFolder()
        for name in ["DC/a01", "JE/sa03", "JK/su15", "KL/n30"] { try folder.audio("AudioData/\(name).wav") }
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.kind == .savee)
        #expect(corpus.utterances.map(\.speaker) == ["DC", "JE", "JK", "KL"])
        #expect(corpus.utterances.map(\.emotion) == ["anger", "sadness", "surprise", "neutral"])

        let flat = try TemporaryFolder()
        for name in ["DC_d01", "JE_f03", "KL_h02"] { try flat.audio("\(name).wav") }
        let other = try Corpus.open(path: flat.path)
        #expect(other.kind == .savee)
        #expect(other.utterances.map(\.speaker) == ["DC", "JE", "KL"])
        #expect(other.utterances.map(\.emotion) == ["disgust", "fear", "happiness"])
    }

    @Test func tessWithItsQuirks() throws {
        let folder = try TemporaryFolder()
        for name in ["OAF_Fear/OAF_back_fear", "OAF_neutral/OA_bite_neutral", "YAF_pleasant_surprised/YAF_base_ps"] {
            try folder.audio("TESS/\(name).wav")
            try folder.audio("TESS/TESS/\(name).wav")
        }
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.kind == .tess)
        #expect(corpus.speakers == ["OAF", "YAF"])
        #expect(Set(corpus.utterances.map(\.emotion)) == ["fear", "neutral", "surprise"])
        // The second copy of each is left out, with a word about the first.
        #expect(corpus.utterances.count == 3)
        #expect(corpus.skipped.count == 3)
        #expect(corpus.skipped.allSatisfy { $0.reason.hasPrefix("the same recording as ") })
    }

    @Test func cremaDWithAndWithoutItsTable() throws {
        let folder = try TemporaryFolder()
        for name in ["1001_DFA_ANG_XX", "1002_IEO_SAD_HI", "1040_ITH_SAD_X"] { try folder.audio("AudioWAV/\(name).wav") }
        let without = try Corpus.open(path: folder.path)
        #expect(without.kind == .cremad)
        #expect(without.utterances.map(\.gender) == [nil, nil, nil])
        #expect(without.utterances.map(\.intensity) == [nil, "high", nil])
        try folder.write(
            "VideoDemographics.csv",
            "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n1002,21,Female,Asian,Not Hispanic\n")
        for root in ["", "/AudioWAV"] {
            let with = try Corpus.open(path: folder.path + root)
            #expect(with.utterances.map(\.gender) == [.male, .female, nil])
        }
    }

    @Test func emovo() throws {
        let folder = try TemporaryFolder()
        for name in ["f1/dis-f1-b1", "f2/gio-f2-l4", "m1/neu-m1-n5", "m2/pau-m2-d1", "m3/rab-m3-t1", "f3/sor-f3-b2", "f3/tri-f3-b3"] {
            try folder.audio("EMOVO/\(name).wav")
        }
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.kind == .emovo)
        #expect(corpus.utterances.map(\.emotion) == ["disgust", "happiness", "surprise", "sadness", "neutral", "fear", "anger"])
        #expect(corpus.utterances.first?.gender == .female)
        #expect(corpus.utterances.last?.gender == .male)
    }

    @Test func urdu() throws {
        let folder = try TemporaryFolder()
        for name in ["Angry/SM1_F10_A010", "Happy/SF8_F2_H046", "Neutral/SM27_F1_N01", "Sad/SF1_F3_S03"] { try folder.audio("\(name).wav") }
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.kind == .urdu)
        #expect(corpus.utterances.map(\.emotion) == ["anger", "happiness", "neutral", "sadness"])
        #expect(corpus.utterances.map(\.gender) == [.male, .female, .male, .female])
        #expect(corpus.speakers == ["SF1", "SF8", "SM1", "SM27"])
    }

    @Test func everyKnownCorpusRecognisesItsExample() throws {
        for kind in KnownCorpus.allCases {
            let folder = try TemporaryFolder()
            try folder.audio(kind.example)
            #expect(try Corpus.open(path: folder.path).kind == kind)
            #expect(!kind.about.isEmpty)
        }
    }

    @Test func strayFilesAreSkippedAndNamed() throws {
        let folder = try TemporaryFolder()
        for name in ["03a01Wa", "03a02Wa", "08a02Fb"] { try folder.audio("wav/\(name).wav") }
        let stray = try folder.audio("wav/test.wav")
        try folder.audio("wav/._03a01Wa.wav")
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.utterances.count == 3)
        #expect(corpus.skipped == [SkippedFile(file: stray, reason: "not named as files of EmoDB are")])
        #expect(corpus.summary.description.contains("left out: 1 file"))
    }

    @Test func foldersBehindLinksAreFollowed() throws {
        let folder = try TemporaryFolder()
        let data = try TemporaryFolder()
        try data.audio("03a01Wa.wav")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/wav", withDestinationPath: data.path)
        try FileManager.default.createSymbolicLink(atPath: data.path + "/round", withDestinationPath: folder.path)
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.utterances.map(\.file) == [folder.path + "/wav/03a01Wa.wav"])
    }

    @Test func whatCannotBeReadIsReported() throws {
        let folder = try TemporaryFolder()
        for name in ["03a01Wa", "08a02Fb"] { try folder.audio("wav/\(name).wav") }
        try FileManager.default.createSymbolicLink(atPath: folder.file("wav/03a02Na.wav"), withDestinationPath: "gone.wav")
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.utterances.count == 2)
        let warning = try #require(corpus.warnings.first)
        #expect(warning.code == "corpora.unreadable-folders" && warning.count == 1)
        #expect(warning.message.contains(folder.file("wav/03a02Na.wav")), "\(warning)")
    }

    @Test func anyDepthIsRead() throws {
        let folder = try TemporaryFolder()
        let deep = (1...20).map(String.init).joined(separator: "/")
        try folder.audio("\(deep)/03a01Wa.wav")
        try folder.audio("wav/08a02Fb.wav")
        #expect(try Corpus.open(path: folder.path).utterances.map(\.speaker) == ["03", "08"])
    }

    @Test func whatIsNoCorpus() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CorpusError.noSuchPath(folder.path + "/none")) { try Corpus.open(path: folder.path + "/none") }
        #expect(throws: CorpusError.noAudio(folder: folder.path)) { try Corpus.open(path: folder.path) }
        let stranger = try folder.audio("hello.wav")
        let error = CorpusError.unrecognisedLayout(folder: folder.path, example: stranger)
        #expect(throws: error) { try Corpus.open(path: folder.path) }
        #expect(error.description.contains("file,speaker,gender,emotion"))
        try folder.audio("03a01Wa.wav")
        #expect(throws: error) { try Corpus.open(path: folder.path) }
    }

    @Test func twoCorporaInOneFolder() throws {
        let folder = try TemporaryFolder()
        try folder.audio("emodb/wav/03a01Wa.wav")
        try folder.audio("ravdess/Actor_01/03-01-05-02-01-01-01.wav")
        #expect(throws: CorpusError.severalCorpora(folder: folder.path, found: ["EmoDB: 1 files", "RAVDESS: 1 files"])) {
            try Corpus.open(path: folder.path)
        }
    }

    @Test func unknownEmotionCode() throws {
        let folder = try TemporaryFolder()
        try folder.audio("03a01Wa.wav")
        let bad = try folder.audio("03a01Xa.wav")
        #expect(throws: CorpusError.unknownEmotionCode(file: bad, code: "X", known: ["A", "E", "F", "L", "N", "T", "W"])) {
            try Corpus.open(path: folder.path)
        }
    }

    @Test(.enabled(if: TestData.corpus("emodb") != nil, "set STIMMUNG_DATA to a folder with emodb/wav"))
    func realEmoDB() throws {
        let corpus = try Corpus.open(path: TestData.corpus("emodb")!)
        #expect(corpus.kind == .emodb)
        #expect(corpus.utterances.count == 535)
        let counts = Dictionary(uniqueKeysWithValues: corpus.summary.emotions.map { ($0.name, $0.utterances) })
        #expect(
            counts == ["anger": 127, "boredom": 81, "disgust": 46, "fear": 69, "happiness": 71, "sadness": 62, "neutral": 79])
        #expect(corpus.speakers == ["03", "08", "09", "10", "11", "12", "13", "14", "15", "16"])
        #expect(corpus.utterances.allSatisfy { $0.gender != nil })
        #expect(corpus.skipped.isEmpty)
        let six = try corpus.filtered(classes: LabelSet(parsing: "anger,boredom,fear,happiness,sadness,neutral"))
        #expect(six.utterances.count == 489)
        let official = try EvaluationProtocol.official.plan(for: corpus, seed: 1)
        #expect(official.folds.count == 1)
        #expect(Set(official.folds[0].test.map { corpus.utterances[$0].speaker }) == ["12", "14", "15", "16"])
    }

    @Test(.enabled(if: TestData.corpus("ravdess") != nil, "set STIMMUNG_DATA to a folder with ravdess/Actor_NN"))
    func realRAVDESS() throws {
        let corpus = try Corpus.open(path: TestData.corpus("ravdess")!)
        #expect(corpus.kind == .ravdess)
        #expect(corpus.utterances.count == 1440)
        #expect(corpus.speakers.count == 24)
        #expect(corpus.labels.count == 8)
        #expect(corpus.summary.emotions.map(\.utterances).sorted() == [96, 192, 192, 192, 192, 192, 192, 192])
        #expect(corpus.summary.genders.map(\.utterances) == [720, 720])
        let folds = try EvaluationProtocol(parsing: "speaker-folds=6").plan(for: corpus, seed: 1).folds
        #expect(folds.map(\.name).first == "01,02,03,04")
        #expect(folds.map(\.name).last == "21,22,23,24")
        #expect(folds.allSatisfy { $0.test.count == 240 })
    }
}
