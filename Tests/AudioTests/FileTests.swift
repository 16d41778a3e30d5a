import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

struct WritingTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test func whatWasWrittenComesBack() throws {
        let samples = Signal.speechLike(seconds: 5, sampleRate: 16000, stereo: false).mono
        try AudioFile.writeWAV(samples, sampleRate: 16000, to: scratch.file("a.wav"))
        #expect(try AudioFile.read(path: scratch.file("a.wav")) == samples)
        // Nothing but the canonical header and the samples: no time, no name of a program.
        #expect(try Array(scratch.bytes("a.wav")) == Wave.pcm16(samples).bytes)
    }

    @Test func theEndsAreHeld() throws {
        try AudioFile.writeWAV([-2, -1, 1, 7, 0.5], sampleRate: 8000, to: scratch.file("a.wav"))
        #expect(try AudioFile.read(path: scratch.file("a.wav"), sampleRate: 8000) == [-1, -1, 32767 / 32768, 32767 / 32768, 0.5])
    }

    @Test func theLongestIsReadAndNoSampleMore() throws {
        try AudioFile.writeWAV([Float](repeating: 0.5, count: 8000), sampleRate: 16000, to: scratch.file("a.wav"))
        #expect(try AudioFile.read(AudioSegment(path: scratch.file("a.wav")), longest: 0.5).count == 8000)
        let error = AudioError.tooLong(file: scratch.file("a.wav"), longest: 0.4999)
        #expect(throws: error) { try AudioFile.read(AudioSegment(path: scratch.file("a.wav")), longest: 0.4999) }
    }

    @Test func replacesAndLeavesNothingBeside() throws {
        try scratch.write("a.wav", [1, 2, 3])
        try AudioFile.writeWAV([0.25], sampleRate: 16000, to: scratch.file("a.wav"))
        #expect(try AudioFile.read(path: scratch.file("a.wav")) == [0.25])
        #expect(scratch.content == ["a.wav"])
    }

    @Test func aFailureLeavesNothing() throws {
        let folder = scratch.file("taken")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(throws: AudioError.notWritable(file: folder, reason: "it is a folder")) {
            try AudioFile.writeWAV([0.25], sampleRate: 16000, to: folder)
        }
        let nowhere = scratch.file("none/a.wav")
        #expect(throws: AudioError.notWritable(file: nowhere, reason: "no such file or directory")) {
            try AudioFile.writeWAV([0.25], sampleRate: 16000, to: nowhere)
        }
        let bad = scratch.file("bad.wav")
        #expect(throws: AudioError.notFinite(file: bad, time: 0.0005)) { try AudioFile.writeWAV([0, .nan], sampleRate: 2000, to: bad) }
        #expect(throws: AudioError.badSampleRate(rate: 0)) { try AudioFile.writeWAV([0], sampleRate: 0, to: bad) }
        #expect(scratch.content == ["taken"])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"), arguments: [1, 100_000])
    func fullDisk(_ count: Int) {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: AudioError.notWritable(file: "a.wav", reason: "no space left on device")) {
            try AudioFile.encodeWAV([Float](repeating: 0.25, count: count), sampleRate: 16000, into: full, named: "a.wav")
        }
    }
}

struct FindingTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test func audioByItsName() {
        for name in [
            "a.wav", "A.WAV", "x/y.z/b.Flac", "c.mp3", "d.M4A", "e.ogg", "f.opus", "g.webm", "h.MP4", "i.mkv", "j.aiff", "k.sph", "l.m.mov",
        ] {
            #expect(AudioFile.isAudio(path: name), "\(name)")
        }
        for name in ["a.txt", "wav", "a.wav.txt", "a.wav/b", ".wav", "a.", "", "x.ts", "a.png"] {
            #expect(!AudioFile.isAudio(path: name), "\(name)")
        }
    }

    @Test func recursiveAndSorted() throws {
        let manager = FileManager.default
        for folder in ["b/deep", ".hidden", "empty"] {
            try manager.createDirectory(atPath: scratch.file(folder), withIntermediateDirectories: true)
        }
        for name in ["z.wav", "B.MP3", "a.wav", "notes.txt", "b/deep/x.flac", "b/._x.flac", ".hidden/y.wav", "b/ü.ogg"] {
            try scratch.write(name, [0])
        }
        try manager.createSymbolicLink(atPath: scratch.file("b/loop"), withDestinationPath: scratch.path)
        try manager.createSymbolicLink(atPath: scratch.file("c"), withDestinationPath: scratch.file("b/deep"))
        try manager.createSymbolicLink(atPath: scratch.file("lost.wav"), withDestinationPath: scratch.file("nowhere"))
        // The link `c` leads to a folder that is there already.
        let expected = ["B.MP3", "a.wav", "b/deep/x.flac", "b/ü.ogg", "z.wav"].map { scratch.file($0) }
        #expect(try AudioFile.list(folder: scratch.path).files == expected)
        #expect(try AudioFile.list(folder: scratch.path + "/").files == expected)
        #expect(try AudioFile.list(folder: scratch.path).problems == [.noSuchFile(file: scratch.file("lost.wav"))])
    }

    @Test func errors() throws {
        let none = scratch.file("none")
        #expect(throws: AudioError.noSuchFile(file: none)) { try AudioFile.list(folder: none) }
        #expect(throws: AudioError.noAudioFiles(folder: scratch.path)) { try AudioFile.list(folder: scratch.path) }
        let file = try scratch.write("a.wav", [0])
        #expect(throws: AudioError.notAFolder(path: file)) { try AudioFile.list(folder: file) }
    }
}
