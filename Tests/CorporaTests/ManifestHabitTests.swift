import Foundation
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import Testing

/// Manifests as spreadsheets, scripts and people write them.
@Suite struct ManifestHabitTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.audio("a.wav")
        try folder.audio("sub/b.wav")
    }

    private func corpus(_ content: String) throws -> Corpus { try corpus(Array(content.utf8)) }

    private func corpus(_ content: [UInt8]) throws -> Corpus {
        try Corpus.open(path: folder.write("m.csv", content))
    }

    /// What went wrong, without the manifest's path.
    private func error(_ content: String) throws -> String {
        let error = try #require(throws: CorpusError.self) { try corpus(content) }
        return "\(error)".replacing(folder.path, with: "")
    }

    @Test(arguments: [
        "file, speaker, emotion\na.wav, \"03\", \"happy\"\n",
        "file,speaker,emotion\n\"a.wav\"  ,  \"03\"\t,happy  \n",
        "sep=;\nfile;speaker;emotion\na.wav;03;happy\n",
        "\"sep=;\"\r\nfile;speaker;emotion\r\na.wav;03;happy\r\n",
        "SEP=\t\nfile\tspeaker\temotion\na.wav\t03\thappy\n",
        "sep=,\nfile,speaker,emotion\na.wav,03,happy\n",
        "file|speaker|emotion\na.wav|03|happy\n",
        "\u{FEFF}file;speaker;emotion\na.wav;03;happy\n",
        "File,SPEAKER, Emotion \na.wav,03,happy\n",
        "\"file\" , \"speaker\" , \"emotion\"\na.wav,03,happy\n",
        "file,speaker,emotion\n,,\na.wav,03,happy\n , ,\n,,,,\n\n  \n",
        "file,speaker,emotion,,\na.wav,03,happy,,\n",
        "file,speaker,emotion\na.wav,03,happy,\n",
        "file,speaker,emotion,start,end\na.wav,03,happy\n",
        "\n\nfile,speaker,emotion\na.wav,03,happy\n",
        "file,speaker,emotion\ra.wav,03,happy\r",
        "file,speaker,emotion,note\na.wav,03,happy,\"two\r\nlines; and\ta tab\"\n",
        "file,speaker,emotion,note,note\na.wav,03,happy,1,2\n",
        ",file,speaker,emotion\n0,a.wav,03,happy\n",
        "file,speaker,emotion\n./a.wav,03,happy\n",
        "file,speaker,emotion\n.\\a.wav,03,happy\n",
        "emotion;\"file\";speaker\nhappy;a.wav;03",
    ])
    func isReadAsItIsMeant(_ content: String) throws {
        let corpus = try corpus(content)
        #expect(corpus.utterances.map(\.speaker) == ["03"] && corpus.utterances.map(\.emotion) == ["happiness"])
        #expect(corpus.utterances[0].file.hasSuffix("a.wav") && corpus.utterances[0].start == nil && corpus.warnings.isEmpty)
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian], [true, false])
    func utf16(_ encoding: String.Encoding, hasMark: Bool) throws {
        let text = (hasMark ? "\u{FEFF}" : "") + "file,speaker,emotion\r\na.wav,Jürgen,happy\r\n"
        let corpus = try corpus([UInt8](#require(text.data(using: encoding))))
        #expect(corpus.utterances.map(\.speaker) == ["Jürgen"] && corpus.warnings.isEmpty)
    }

    @Test func latin1IsReadWithAWarning() throws {
        let corpus = try corpus(Array("file,speaker,emotion\na.wav,J".utf8) + [0xFC] + Array("rgen,anger\na.wav,Zoë,fear\n".utf8))
        #expect(corpus.speakers == ["Jürgen", "Zoë"])
        let warning = try #require(corpus.warnings.first)
        #expect(warning.code == "corpora.decoded-text" && warning.count == 1 && warning.examples == ["line 2"], "\(warning)")
    }

    /// On disk a name is bytes: Latin-1 bytes are found as they are, and a UTF-8 name by a guess.
    @Test func latin1NamesOfFiles() throws {
        let rows = Array("file,speaker,emotion\nM".utf8) + [0xFC] + Array("ller.wav,03,anger\n".utf8)
        try folder.audio("Müller.wav")
        let guessed = try corpus(rows)
        #expect(guessed.utterances.map(\.file) == [folder.file("Müller.wav")])
        #expect(guessed.warnings.map(\.code) == ["corpora.decoded-text"])
        let name = folder.path + "/M" + PathBytes.string(from: [0xFC]) + "ller.wav"
        try AtomicFile.write(Data(contentsOf: URL(filePath: folder.file("a.wav"))), to: name)
        let exact = try corpus(rows)
        #expect(exact.utterances.map { PathKey($0.file) } == [PathKey(name)] && exact.warnings.isEmpty)
        try Manifest.write(exact, to: folder.file("written.csv"))
        #expect(try Manifest.read(path: folder.file("written.csv")).utterances == exact.utterances)
    }

    @Test func whatIsNotTextIsSaidToBe() throws {
        let error = try #require(throws: CorpusError.self) { try Corpus.open(path: folder.file("a.wav")) }
        #expect("\(error)".contains("a.wav") && "\(error)".contains("not a text file"), "\(error)")
    }

    @Test(arguments: ["nan", "NaN", "NA", "n/a", "null", "None", "", "  ", "\"\"", "#N/A"])
    func rowsWithoutALabelAreLeftOutWithAWarning(_ label: String) throws {
        let corpus = try corpus("file,speaker,emotion\na.wav,03,happy\nsub/b.wav,03,\(label)\n")
        #expect(corpus.labels.labels == ["happiness"] && corpus.utterances.count == 1)
        let warning = try #require(corpus.warnings.first)
        #expect(warning.code == "corpora.unlabelled-rows" && warning.count == 1 && "\(warning)".contains("line 3"), "\(warning)")
    }

    @Test(arguments: ["nan", "", "null"])
    func aMissingSpeakerIsAnError(_ speaker: String) throws {
        #expect(try error("file,speaker,emotion\na.wav,\(speaker),happy\n").hasPrefix("Line 2 of \"/m.csv\" has no speaker"))
    }

    @Test func decimalCommasInTimes() throws {
        let semicolons = try corpus("file;speaker;emotion;start;end\na.wav;03;happy;0,25;1,5\n")
        let quoted = try corpus("file,speaker,emotion,start,end\na.wav,03,happy,\"0,25\",\"00:00:01,5\"\n")
        for corpus in [semicolons, quoted] { #expect(corpus.utterances[0].start == 0.25 && corpus.utterances[0].end == 1.5) }
        #expect(try error("file;speaker;emotion;end\na.wav;03;happy;1.000,5\n").contains("\"1.000,5\" as end"))
    }

    @Test func backslashesOfWindows() throws {
        let corpus = try corpus("file,speaker,emotion\nsub\\b.wav,03,happy\n")
        #expect(corpus.utterances.map(\.file) == [folder.path + "/sub/b.wav"])
    }

    @Test func aBackslashThatIsPartOfANameStays() throws {
        try folder.audio("x\\y.wav")
        #expect(try corpus("file,speaker,emotion\nx\\y.wav,03,happy\n").utterances.map(\.file) == [folder.path + "/x\\y.wav"])
    }

    @Test func unclearTablesGiveOneErrorWithLineAndColumn() throws {
        for (content, words) in [
            ("file,speaker,emotion,speaker\na.wav,03,happy,04\n", ["Line 1", "2 columns \"speaker\""]),
            ("file,speaker,emotion\na.wav,03,\"ha\"ppy\n", ["Line 2", "closing quote", "column \"emotion\""]),
            ("file,speaker,emotion,start,end\na.wav,03,happy,0,25,1,5\n", ["Line 2", "7 fields", "a comma"]),
            ("file;speaker;emotion\na.wav;03;happy;more\n", ["Line 2", "4 fields", "a semicolon"]),
            ("file,speaker,emotion\n\"a.wav,03,happy\n", ["Line 2", "column \"file\"", "never closed"]),
            ("file,speaker,emotion\n,03,happy\n", ["Line 2", "no file"]),
            ("file,speaker,emotion\nC:\\data\\a.wav,03,happy\n", ["Line 2", "C:\\data\\a.wav", "does not exist"]),
        ] {
            let error = try error(content)
            for word in words { #expect(error.contains(word), "\(content): \(error)") }
        }
    }

    /// A name typed on one system and stored on another: the two Unicode forms of "ä".
    @Test func theOtherUnicodeFormOfANameIsFound() throws {
        try folder.audio("M\u{E4}dchen.wav")
        let corpus = try corpus("file,speaker,emotion\nMa\u{308}dchen.wav,03,happy\n")
        #expect(corpus.utterances.map { Array($0.file.utf8) } == [Array((folder.path + "/M\u{E4}dchen.wav").utf8)])
    }

    @Test func twoUnicodeFormsOfANameAreTwoFiles() throws {
        try folder.audio("M\u{E4}dchen.wav")
        try folder.tone("Ma\u{308}dchen.wav", seconds: 0.1, frequency: 900)
        let corpus = try corpus("file,speaker,emotion\nM\u{E4}dchen.wav,03,happy\nMa\u{308}dchen.wav,04,sad\n")
        #expect(corpus.summary.files == 2 && corpus.utterances.count == 2)
        #expect(Set(corpus.utterances.map { Array($0.file.utf8) }).count == 2)
        let findings = try corpus.checkedFindings(workers: Workers(threads: 1))
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func aWrittenManifestKeepsTheKnownCorpus() throws {
        let emodb = try TemporaryFolder()
        for (number, name) in ["03a01Wa", "08a02Fb", "12a01Wa", "14a01Fa", "15a01Wa", "16a01Fa"].enumerated() {
            try emodb.tone("wav/\(name).wav", seconds: 0.1, frequency: 300 + 40 * Float(number))
        }
        try Manifest.write(Corpus.open(path: emodb.path), to: emodb.file("list.csv"))
        let again = try Corpus.open(path: emodb.file("list.csv"))
        let plan = try EvaluationProtocol.official.plan(for: again, seed: 1)
        #expect(plan.folds.map(\.name) == ["12,14,15,16"])
    }

    @Test func aManifestWithoutAKnownCorpusSaysHowToSplit() throws {
        let corpus = try corpus("file,speaker,emotion\na.wav,03,happy\nsub/b.wav,04,sad\n")
        let error = try #require(throws: CorpusError.self) { try EvaluationProtocol.official.plan(for: corpus, seed: 1) }
        #expect("\(error)".contains("column \"corpus\"") && "\(error)".contains("test=12,14,15,16"), "\(error)")
    }
}
