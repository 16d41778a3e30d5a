import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

struct AlterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.tone("a.wav", seconds: 0.5)
    }

    private func alter(_ arguments: [String]) throws -> FinishedProgram { try Program.run(["alter"] + arguments, in: folder) }

    @Test func theLibrarysSamples() throws {
        let run = try alter(["a.wav", "--by", "telephone+noise=20:pink", "-o", "b.wav", "--seed", "5"])
        #expect(run.status == 0 && run.bytes.isEmpty && run.errors.isEmpty, "\(run)")
        let samples = try AudioFile.read(path: folder.file("a.wav"))
        let expected = try [Alteration]("telephone+noise=20:pink").apply(to: samples, sampleRate: 16_000, seed: 5)
        let written = try AudioFile.read(path: folder.file("b.wav"))
        #expect(written.count == 8000 && zip(written, expected).allSatisfy { abs($0 - $1) <= 0.5001 / 32768 })
        #expect(try alter(["a.wav", "--by", "telephone+noise=20:pink", "-o", "c.wav", "--seed", "5"]).status == 0)
        #expect(try folder.bytes("b.wav") == folder.bytes("c.wav"))
        #expect(try alter(["a.wav", "--by", "telephone+noise=20:pink", "-o", "d.wav", "--seed", "6"]).status == 0)
        #expect(try folder.bytes("b.wav") != folder.bytes("d.wav"))
        #expect(folder.isClean)
    }

    @Test func clippingIsSaid() throws {
        let run = try alter(["a.wav", "--by", "gain=20", "-o", "b.wav"])
        #expect(run.status == 0 && run.errors.contains("clipped"), "\(run)")
        #expect(try AudioFile.read(path: folder.file("b.wav")).map { abs($0) }.max() == 1)
    }

    @Test func moreThanAnHourIsTooLong() throws {
        let bytes = 3601 * 32_000
        try folder.write("long.wav", wave(tag: 1, bits: 16, [], claimed: bytes))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("long.wav")))
        try file.truncate(atOffset: UInt64(44 + bytes))
        try file.close()
        let run = try alter(["long.wav", "--by", "telephone", "-o", "b.wav"])
        #expect(
            run.status == 1 && run.errors.contains("long.wav is longer than 3600.0 s") && folder.content == ["a.wav", "long.wav"], "\(run)")
    }

    @Test(arguments: [
        (["a.wav", "--by", "echo=3", "-o", "b.wav"], Int32(2), "telephone"),
        (["a.wav", "--by", "speed=3", "-o", "b.wav"], 2, "speed=0.5 to speed=2"),
        (["a.wav", "-o", "b.wav"], 2, "--by"), (["a.wav", "--by", "telephone"], 2, "--output"),
        (["none.wav", "--by", "telephone", "-o", "b.wav"], 1, "none.wav"),
        (["a.wav", "--by", "telephone", "-o", "nofolder/b.wav"], 1, "nofolder"),
        (["a.wav", "--by", "telephone", "-o", "b.mp3"], 2, "only WAV"), (["a.wav", "--by", "warp=0.92", "-o", "b.wav"], 2, "recipes only"),
    ])
    func failuresWriteNothing(arguments: [String], status: Int32, word: String) throws {
        let run = try alter(arguments)
        #expect(run.status == status && run.bytes.isEmpty && run.errors.contains(word), "\(run)")
        #expect(folder.content == ["a.wav"])
    }
}
