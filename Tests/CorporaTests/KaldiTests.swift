import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

struct KaldiTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.audio("audio/first one.wav")
        try folder.audio("audio/b.wav")
        try folder.write("data/wav.scp", "u1 ../audio/first one.wav\nu2\t../audio/b.wav\n")
        try folder.write("data/utt2spk", "u1 anna\nu2   ben\n")
        try folder.write("data/utt2emo", "u1 angry\nu2 neutral\n")
    }

    private func open() throws -> Corpus { try Corpus.open(path: folder.file("data")) }

    private func refused(_ name: String, _ text: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let before = try folder.text("data/\(name)")
        try folder.write("data/\(name)", text)
        let error = try #require(throws: CorpusError.self, sourceLocation: sourceLocation) { try open() }
        #expect(error.description.contains(words), "\(error)", sourceLocation: sourceLocation)
        try folder.write("data/\(name)", before)
    }

    @Test func aDataFolder() throws {
        try folder.write("data/spk2gender", "anna f\nben m\n")
        try folder.write("data/text", "u1 good morning\n")
        let corpus = try open()
        #expect(
            corpus.name == "data" && corpus.utterances.map(\.file) == ["b", "first one"].map { folder.file("data/../audio/\($0).wav") })
        #expect(corpus.utterances.map(\.speaker) == ["ben", "anna"] && corpus.utterances.map(\.gender) == [.male, .female])
        #expect(corpus.utterances.map(\.emotion) == ["neutral", "anger"] && corpus.utterances.map(\.text) == [nil, "good morning"])
        #expect(try Corpus.open(path: folder.file("data/wav.scp")) == corpus)
    }

    @Test func segmentsOfRecordings() throws {
        try folder.write("data/segments", "s1 u1 0 0.05\ns2 u1 0.05 -1\n")
        try folder.write("data/utt2spk", "s1 anna\ns2 ben\n")
        try folder.write("data/utt2emo", "s1 angry\ns2 sad\n")
        #expect(try open().utterances.map(\.start) == [0, 0.05] && open().utterances.map(\.end) == [0.05, nil])
        try refused("segments", "s1 u1 2 1\n", "a start and an end")
        try refused("segments", "s1 u9 0 1\n", "has no recording")
    }

    @Test func commandsAreNotRun() throws {
        try refused("wav.scp", "u1 touch \(folder.file("made")); cat a.wav |\nu2 ../audio/b.wav\n", "is a command")
        #expect(!folder.exists("made"))
    }

    @Test func tablesThatDoNotFitAreRefused() throws {
        try refused("utt2spk", "u1 anna\n", "Line 2 of \"\(folder.file("data/wav.scp"))\" has the key u2, which utt2spk lacks")
        try refused("wav.scp", "u1 a.wav\nu1 b.wav\n", "of an earlier line")
        try refused("wav.scp", "u1 a.wav\nu2 b.wav\n", "names the file")
        try refused("utt2emo", "u7 sad\n", "none of its keys has an emotion")
        try folder.write("data/utt2emo", "u1 sad\n")
        #expect(try open().warnings.map(\.code) == ["corpora.unlabelled-rows"])
        try FileManager.default.removeItem(atPath: folder.file("data/utt2emo"))
        #expect(throws: CorpusError.self) { try open() }
    }
}
