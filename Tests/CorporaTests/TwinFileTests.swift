import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

/// Audio files of one name in different folders and formats.
@Suite struct TwinFileTests {
    private let folder: TemporaryFolder
    private let names = ["03a01Wa", "08a02Fb", "10b01La"]

    init() throws { folder = try TemporaryFolder() }

    /// A file whose sound differs by its frequency.
    private func tone(_ name: String, _ frequency: Float) throws { try folder.tone(name, seconds: 0.1, frequency: frequency) }

    private func taken(_ root: String = "") throws -> [String] {
        try Corpus.open(path: folder.path + root).utterances.map { String($0.file.dropFirst(folder.path.count + 1)) }
    }

    @Test func theCorpusesOwnAudioFolderWins() throws {
        for (number, name) in names.enumerated() {
            try tone("wav/\(name).wav", 300 + 50 * Float(number))
            try tone("laryngo/\(name).wav", 800 + 50 * Float(number))
        }
        // A glottogram without its recording is no recording.
        try tone("laryngo/16a05Ea.wav", 999)
        let corpus = try Corpus.open(path: folder.path)
        #expect(try taken() == names.map { "wav/\($0).wav" })
        #expect(corpus.skipped.count == 4)
        #expect(!corpus.skipped.contains { $0.reason.contains("the same recording") }, "\(corpus.skipped)")
        let warning = try #require(corpus.warnings.first)
        #expect(warning.code == "corpora.twins" && warning.count == 3, "\(warning)")
        #expect(warning.message.contains("wav/03a01Wa.wav, not \(folder.path)/laryngo/03a01Wa.wav"), "\(warning)")
    }

    @Test func losslessBeforeLossy() throws {
        for name in names {
            try tone("a/\(name).mp3", 300)
            try tone("b/deeper/\(name).FLAC", 400)
        }
        #expect(try taken() == names.map { "b/deeper/\($0).FLAC" })
    }

    @Test func theNearestToTheCorpussFolder() throws {
        for name in names {
            try tone("a/copy/\(name).wav", 300)
            try tone("z/\(name).wav", 400)
        }
        #expect(try taken() == names.map { "z/\($0).wav" })
    }

    @Test func theSameIsSaidOnlyOfEqualSound() throws {
        try tone("wav/03a01Wa.wav", 300)
        try tone("wav/08a02Fb.wav", 400)
        try tone("copy/03a01Wa.wav", 300)
        try tone("copy/08a02Fb.wav", 401)
        let corpus = try Corpus.open(path: folder.path)
        let reasons = Dictionary(uniqueKeysWithValues: corpus.skipped.map { ($0.file, $0.reason) })
        #expect(reasons[folder.path + "/copy/03a01Wa.wav"] == "the same recording as \(folder.path)/wav/03a01Wa.wav")
        #expect(reasons[folder.path + "/copy/08a02Fb.wav"] == "has the name of \(folder.path)/wav/08a02Fb.wav, which was taken")
        #expect(corpus.warnings.map(\.count) == [1])
    }

    @Test func equalCopiesNeedNoWarning() throws {
        for name in names {
            for part in ["", "emodb/"] { try tone(part + "wav/\(name).wav", Float(300 + name.utf8.reduce(0) { $0 + Int($1) })) }
        }
        let corpus = try Corpus.open(path: folder.path)
        #expect(corpus.utterances.count == 3 && corpus.skipped.count == 3 && corpus.warnings.isEmpty)
    }

    @Test func saveeInFoldersAndFlatAtOnce() throws {
        for name in ["a01", "d02"] {
            try tone("AudioData/DC/\(name).wav", 300)
            try tone("ALL/DC_\(name).wav", 300)
        }
        #expect(try taken() == ["AudioData/DC/a01.wav", "AudioData/DC/d02.wav"])
    }

    @Test func glottogramsAloneAreTaken() throws {
        for name in names { try tone("laryngo/\(name).wav", 300) }
        #expect(try taken() == names.map { "laryngo/\($0).wav" })
    }
}
