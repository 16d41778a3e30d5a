import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

@Suite struct ManifestTests {
    @Test func asNkululekoWritesIt() throws {
        let folder = try TemporaryFolder()
        let a = try folder.audio("audio/a.wav")
        let b = try folder.audio("b.wav")
        let path = try folder.write("list.csv", "file,speaker,gender,emotion\naudio/a.wav,anna,female,Angry\n\(b),ben,m,my class\n")
        let corpus = try Corpus.open(path: path)
        #expect(corpus.name == "list")
        #expect(corpus.kind == nil)
        #expect(
            corpus.utterances == [
                Utterance(file: a, speaker: "anna", gender: .female, emotion: "anger"),
                Utterance(file: b, speaker: "ben", gender: .male, emotion: "my class"),
            ])
    }

    @Test func asAudformatWritesIt() throws {
        let folder = try TemporaryFolder()
        try folder.audio("a,1.wav")
        // Byte order mark, CRLF, quotes, another order of columns, a column more, time deltas, NaT, a blank line.
        let content =
            "\u{FEFF}\"file\",start,end,duration,emotion,speaker\r\n"
            + "\"a,1.wav\",0 days 00:00:00,0 days 00:00:01.500000,x,\"happy\",s1\r\n\r\n"
            + "\"a,1.wav\",0 days 00:01:00.25,NaT,\"say \"\"hi\"\"\",sadness,s1\r\n"
            + "\"a,1.wav\",,,,neutral,s2"
        let corpus = try Corpus.open(path: try folder.write("db.csv", content))
        #expect(corpus.utterances.map(\.emotion) == ["happiness", "neutral", "sadness"])
        #expect(corpus.utterances.map(\.start) == [0, nil, 60.25])
        #expect(corpus.utterances.map(\.end) == [1.5, nil, nil])
        #expect(corpus.utterances.map(\.gender) == [nil, nil, nil])
        #expect(corpus.summary.files == 1)
    }

    @Test func timesInEveryForm() throws {
        let folder = try TemporaryFolder()
        try folder.audio("a.wav")
        for (text, seconds) in [
            ("1.5", 1.5), ("2", 2), ("1e1", 10), ("00:00:02.5", 2.5), ("1 days 00:00:01", 86401), ("0 days 01:00:00", 3600),
        ] {
            let path = try folder.write("t.csv", "file,speaker,emotion,end\na.wav,s,anger,\(text)\n")
            #expect(try Corpus.open(path: path).utterances[0].end == seconds)
        }
        for text in ["soon", "-1", "1:2", "inf", "0x10", "00:61:00", "days"] {
            let path = try folder.write("t.csv", "file,speaker,emotion,end\na.wav,s,anger,1\na.wav,s,anger,\(text)\n")
            #expect(throws: CorpusError.invalidTime(manifest: path, line: 3, column: "end", value: text)) { try Corpus.open(path: path) }
        }
    }

    @Test func semicolonsAndTabs() throws {
        let folder = try TemporaryFolder()
        try folder.audio("a.wav")
        for mark in [";", "\t"] {
            let header = ["file", "speaker", "emotion"].joined(separator: mark)
            let path = try folder.write("s.csv", header + "\n" + ["a.wav", "s, t", "fear"].joined(separator: mark) + "\n")
            #expect(try Corpus.open(path: path).utterances.map(\.speaker) == ["s, t"])
        }
    }

    @Test func duplicateRowsAreTwoUtterances() throws {
        let folder = try TemporaryFolder()
        try folder.audio("a.wav")
        let path = try folder.write("m.csv", "file,speaker,emotion\na.wav,s,anger\na.wav,s,anger\n")
        #expect(try Corpus.open(path: path).utterances.count == 2)
    }

    @Test func errorsNameTheLine() throws {
        let folder = try TemporaryFolder()
        try folder.audio("a.wav")
        func expect(_ content: String, _ error: (String) -> CorpusError, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let path = try folder.write("bad.csv", content)
            #expect(throws: error(path), sourceLocation: sourceLocation) { try Corpus.open(path: path) }
        }
        try expect("") { .emptyManifest(manifest: $0) }
        try expect("file,speaker,emotion\n") { .emptyManifest(manifest: $0) }
        try expect("file,speaker,label\na.wav,s,anger\n") {
            .missingColumn(manifest: $0, column: "emotion", present: ["file", "speaker", "label"])
        }
        try expect("file,speaker,emotion\na.wav,s,anger\nb.wav,s,anger\nc.wav,s,fear\n") {
            .missingFile(manifest: $0, line: 3, file: folder.path + "/b.wav", more: 1)
        }
        try expect("file,speaker,emotion\na.wav,,anger\n") { .malformedRow(manifest: $0, line: 2, reason: "has no speaker") }
        try expect("file,speaker,emotion\na.wav,s, \n") {
            .malformedRow(manifest: $0, line: 2, reason: "has no emotion, nor has any other")
        }
        try expect("file,speaker,emotion\n\na.wav,s\n") {
            .malformedRow(manifest: $0, line: 3, reason: "has 2 fields where the header has 3")
        }
        try expect("file,speaker,emotion\na.wav,\"s\nt\",anger\na.wav,\"s,anger\n") {
            .malformedRow(manifest: $0, line: 4, reason: "has an opening quote in column \"speaker\" that is never closed")
        }
        try expect("file,speaker,emotion,start,end\na.wav,s,anger,2,1.5\n") {
            .malformedRow(manifest: $0, line: 2, reason: "ends at 1.5 s, not after its start at 2.0 s")
        }
    }

    @Test func roundTrip() throws {
        let folder = try TemporaryFolder()
        let outside = try TemporaryFolder()
        let inside = try folder.audio("wav/a \"b\", c.wav")
        let far = try outside.audio("far.wav")
        let corpus = Corpus(
            name: "rt", root: folder.path,
            utterances: [
                Utterance(file: inside, speaker: "s;1", gender: .female, emotion: "anger", start: 0.1, end: 1.0 / 3, text: "two\nlines"),
                Utterance(file: inside, speaker: " s 2", gender: nil, emotion: "own label"),
                Utterance(file: far, speaker: "s3", gender: .other, emotion: "fear", text: "ü, ß"),
            ])
        let path = folder.path + "/rt.csv"
        try Manifest.write(corpus, to: path)
        let content = try String(contentsOfFile: path, encoding: .utf8)
        #expect(content.contains("wav/a"))
        #expect(!content.contains(folder.path))
        let read = try Manifest.read(path: path)
        var expected = corpus.utterances
        // Outer spaces mean nothing in a manifest.
        for index in expected.indices { expected[index].speaker = expected[index].speaker.trimmingCharacters(in: .whitespaces) }
        #expect(read.utterances == expected)
        try Manifest.write(read, to: path)
        #expect(try Manifest.read(path: path) == read)
        #expect(folder.names == ["rt.csv", "wav"])
    }

    @Test func importOfAKnownCorpusReadsBack() throws {
        let folder = try TemporaryFolder()
        for name in ["03a01Wa", "08a02Fb"] { try folder.audio("wav/\(name).wav") }
        let corpus = try Corpus.open(path: folder.path)
        try Manifest.write(corpus, to: folder.path + "/manifest.csv")
        let again = try Corpus.open(path: folder.path)
        #expect(again.kind == .emodb)
        #expect(again.utterances.map(\.file) == corpus.utterances.map(\.file))
        #expect(again.utterances.map(\.gender) == corpus.utterances.map(\.gender))
    }

    @Test func nothingIsLeftWhereWritingFails() throws {
        let folder = try TemporaryFolder()
        let made = corpus(speakers: ["a"], emotions: ["anger"]) { _, _ in 1 }
        #expect(throws: CorpusError.self) { try Manifest.write(made, to: folder.path + "/none/m.csv") }
        try FileManager.default.createDirectory(atPath: folder.path + "/m.csv/full", withIntermediateDirectories: true)
        #expect(throws: CorpusError.self) { try Manifest.write(made, to: folder.path + "/m.csv") }
        #expect(folder.names == ["m.csv"])
    }
}
