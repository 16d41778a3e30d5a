import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungTestSupport
import Testing

struct FeaturesTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func features(_ arguments: [String]) throws -> FinishedProgram {
        try Program.run(["features"] + arguments, in: folder)
    }

    /// The numbers of a table, without its header and without the time of each frame.
    private func rows(_ text: String) -> [[Float]] {
        text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").dropFirst().compactMap { Float($0) } }
    }

    @Test func aTableOfTheLibrarysNumbers() throws {
        let run = try features([fixture.recordings[0]])
        #expect(run.status == 0 && run.errors.isEmpty && run.output.hasPrefix("time,mfcc_0,mfcc_1,"), "\(run)")
        let expected = try FrontEnd(FeatureOptions()).features(of: AudioSegment(path: fixture.recordings[0]))
        let rows = rows(run.output)
        #expect(rows.count == expected.rows && rows.allSatisfy { $0.count == 39 })
        #expect(zip(rows.joined(), expected.elements).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($1)) })
    }

    @Test func theHelpHasTheDefaultsOfAllOptions() throws {
        var options = FeatureOptions()
        options.fftSize = options.transformSize
        options.functionals = FunctionalsOptions()
        let help = try features(["--help"]).output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for (name, value) in options.settings where !["kinds", "deltas"].contains(name) {
            let text =
                switch name {
                case "fftSize": "fftSize (next power of two)"
                case "functionals": "functionals false (true, or \(value.replacing("lags: []", with: "lags: [] (seconds)")))"
                default: "\(name) \(value)"
                }
            #expect(help.contains(text + ",") || help.contains(text + "."), "\(text) in \(help)")
        }
    }

    @Test func functionalsAreOneRow() throws {
        let run = try features([fixture.recordings[0], "--set", "functionals=true"])
        let expected = try FrontEnd(.utterance).features(of: AudioSegment(path: fixture.recordings[0]))
        #expect(run.status == 0 && run.output.hasPrefix("time,fbank_0_mean,") && rows(run.output) == [expected.elements])
        let settings = "functionals={voiced: false, trim: 40}"
        let few = try features([fixture.recordings[0], "--kind", "pitch", "--deltas", "0", "--set", settings])
        #expect(rows(few.output).map(\.count) == [2 * 17 + 8], "\(few)")
        let wrong = try features([fixture.recordings[0], "--set", "functionals={trimm: 40}"])
        #expect(wrong.status == 2 && wrong.errors.contains("unknown key trimm"), "\(wrong)")
    }

    @Test func optionsChangeTheNumbers() throws {
        let study = try features([fixture.recordings[0]]).output
        // HTK's mel is the study's but for a factor, so the bands, which are equally wide, are the same.
        let htk = try features([fixture.recordings[0], "--set", "melScale=htk"]).output
        #expect(rows(htk).count == rows(study).count && zip(rows(htk).joined(), rows(study).joined()).allSatisfy { abs($0 - $1) < 0.01 })
        let slaney = try features([fixture.recordings[0], "--set", "melScale=slaney"]).output
        #expect(rows(slaney).count == rows(study).count && zip(rows(slaney).joined(), rows(study).joined()).contains { abs($0 - $1) > 0.5 })
        let both = try features([fixture.recordings[0], "--set", "kinds=[energy]", "--deltas", "0", "--set", "hop=0.02"])
        #expect(both.status == 0 && both.output.hasPrefix("time,energy\n") && rows(both.output).count < rows(study).count, "\(both)")
        let bands = try features([fixture.recordings[0], "--kind", "fbank", "--kind", "energy", "--deltas", "0"])
        #expect(rows(bands.output).allSatisfy { $0.count == 41 })
    }

    @Test(arguments: [
        ("melScale=foo", "study, htk, slaney"), ("foo=1", "melScale"), ("hop=0", "windowLength"), ("hop", "name=value"), ("hop=[", "YAML"),
        ("foo=1", "Option --set foo=1"),
        ("functionals={trim: a}", "functionals.trim"),
    ])
    func wrongOptionsSayWhatIsAllowed(setting: String, word: String) throws {
        let run = try features([fixture.recordings[0], "--set", setting])
        #expect(run.status == 2 && run.bytes.isEmpty && run.errors.contains(word), "\(run)")
    }

    @Test func numPyFilesHaveTheirShape() throws {
        let run = try features([fixture.recordings[0], "--format", "npy"])
        let expected = try FrontEnd(FeatureOptions()).features(of: AudioSegment(path: fixture.recordings[0]))
        #expect(run.status == 0 && run.bytes.starts(with: [0x93] + Array("NUMPY".utf8)))
        let header = String(decoding: run.bytes.prefix(128), as: UTF8.self)
        #expect(header.contains("'shape': (\(expected.rows), 39)") && header.contains("'<f4'"))
        let values = Data(run.bytes.suffix(4 * expected.elements.count)).withUnsafeBytes { bytes in
            (0..<expected.elements.count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        #expect(values == expected.elements)
        let file = try features([fixture.recordings[0], "--format", "npy", "-o", "a.npy"])
        #expect(try file.status == 0 && folder.bytes("a.npy") == run.bytes && folder.isClean)
    }

    @Test func aFolderBecomesAFolder() throws {
        for name in ["calls/day/a.wav", "calls/b.wav", "calls-2/c.wav"] {
            try FileManager.default.createDirectory(
                atPath: (folder.file(name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try folder.tone(name, seconds: 0.3)
        }
        // "calls" is also how the name of the other folder begins.
        let run = try features(["calls", "calls-2/c.wav", "--format", "npy", "-o", "out", "-q", "--threads", "2"])
        #expect(run.status == 0 && run.bytes.isEmpty, "\(run)")
        #expect(
            folder.content.filter { $0.hasPrefix("out/") && $0.hasSuffix(".npy") } == [
                "out/calls-2/c.npy", "out/calls/b.npy", "out/calls/day/a.npy",
            ])
        #expect(try features(["calls", "--format", "npy", "-o", "one", "-q"]).status == 0)
        #expect(folder.content.filter { $0.hasPrefix("one/") && $0.hasSuffix(".npy") } == ["one/b.npy", "one/day/a.npy"])
    }

    @Test func recordingsOfOneNameKeepTheirFoldersAndExtensions() throws {
        for name in ["x/a.wav", "y/a.wav", "y/b.wav", "y/b.wave"] { try folder.tone(name, seconds: 0.3) }
        let run = try features(["x/a.wav", "y", "-o", "out", "-q"])
        #expect(run.status == 0, "\(run)")
        #expect(folder.content.filter { $0.hasSuffix(".csv") } == ["out/x/a.csv", "out/y/a.csv", "out/y/b.wav.csv", "out/y/b.wave.csv"])
    }

    @Test func anExistingFolderGetsAFile() throws {
        try FileManager.default.createDirectory(atPath: folder.file("here"), withIntermediateDirectories: true)
        let run = try features([fixture.recordings[0], "-o", "here"])
        #expect(run.status == 0 && folder.content == ["here", "here/a-anger-0.csv"], "\(run)")
    }

    @Test func theExtensionIsTheFormat() throws {
        #expect(try features([fixture.recordings[0], "-o", "a.npy"]).status == 0 && folder.bytes("a.npy").starts(with: [0x93]))
        let wrong = try features([fixture.recordings[0], "-o", "a.npy", "--format", "csv"])
        #expect(wrong.status == 2 && wrong.errors.contains("a.npy"), "\(wrong)")
        let several = try features(fixture.recordings + ["-o", "a.csv"])
        #expect(several.status == 2 && several.errors.contains("folder") && folder.content == ["a.npy"], "\(several)")
    }

    @Test func kindsAreAListOrRepeated() throws {
        let list = try features([fixture.recordings[0], "--kind", "fbank,energy", "--deltas", "0"])
        let repeated = try features([fixture.recordings[0], "--kind", "fbank", "--kind", "energy", "--deltas", "0"])
        #expect(list.status == 0 && list.bytes == repeated.bytes, "\(list)")
        let wrong = try features([fixture.recordings[0], "--kind", "fbank,mfc"])
        #expect(
            wrong.status == 2 && wrong.errors.contains("\"mfc\" is not a kind of feature") && wrong.errors.contains("mfcc, "), "\(wrong)")
    }

    /// With functionals, the weight is a length; with frames, whether one is speech.
    @Test func rowsOfDetectedSpeechHaveWeights() throws {
        let functionals = try features([fixture.recordings[0], "--model", "built-in"])
        #expect(functionals.status == 0 && functionals.output.hasPrefix("time,frames,fbank_0_mean,"), "\(functionals)")
        var parts = ModelParts.loudness()
        parts.metadata["recipe"]? += "\nspeech: detected\n"
        try parts.write(folder.file("m.safetensors"))
        let frames = try features([fixture.recordings[0], "--model", "m.safetensors"])
        #expect(frames.status == 0 && frames.output.hasPrefix("time,speech,energy\n0.0,"), "\(frames)")
        #expect(rows(frames.output).count == 58 && rows(frames.output).allSatisfy { [0, 1].contains($0[0]) }, "\(frames)")
        let htk = try features([fixture.recordings[0], "--model", "m.safetensors", "-o", "a.htk"])
        #expect(htk.status == 1 && htk.errors.contains("use csv, arff or npy") && folder.content == ["m.safetensors"], "\(htk)")
        // Before any recording is read.
        let early = try features(["missing.wav", fixture.recordings[0], "--model", "m.safetensors", "--format", "htk", "-o", "all"])
        #expect(early.status == 1 && early.errors.contains("csv, arff or npy") && !early.errors.contains("missing.wav"), "\(early)")
        #expect(folder.content == ["m.safetensors"])
        let all = try features([fixture.recordings[0], "--model", fixture.model])
        #expect(all.status == 0 && all.output.hasPrefix("time,mfcc_0,"), "\(all)")
    }

    /// Without speech, functionals have no rows, and frames have weights of 0, whether or not every sample is zero.
    @Test func recordingsWithoutSpeechHaveNoWeight() throws {
        try folder.write("silent.wav", Wave.pcm16([Float](repeating: 0, count: 16_000)).bytes)
        let hum = (0..<16_000).map { 0.0002 * sin(Float($0) / 9) }
        try folder.write("hum.wav", Wave.pcm16(hum).bytes)
        var parts = ModelParts.loudness()
        parts.metadata["recipe"]? += "\nspeech: detected\n"
        try parts.write(folder.file("m.safetensors"))
        for name in ["silent.wav", "hum.wav"] {
            let frames = try features([name, "--model", "m.safetensors"])
            #expect(frames.status == 0 && rows(frames.output).count == 98, "\(frames)")
            #expect(rows(frames.output).allSatisfy { $0.count == 2 && $0[0] == 0 }, "\(frames)")
            let functionals = try features([name, "--model", "built-in"])
            #expect(functionals.status == 0 && rows(functionals.output).isEmpty, "\(functionals)")
        }
        // Features that are not for a decision about speech.
        let all = try features(["silent.wav"])
        #expect(all.status == 1 && all.errors.contains("silent.wav is silent"), "\(all)")
    }

    @Test func oneChannelIsTaken() throws {
        var wave = Wave.pcm16((0..<16_000).map { $0 % 2 == 0 ? 0.1 * sin(Float($0) / 40) : 0.3 * sin(Float($0) / 9) })
        wave.channels = 2
        try folder.write("two.wav", wave.bytes)
        let first = Wave.pcm16((0..<8000).map { 0.1 * sin(Float(2 * $0) / 40) })
        try folder.write("first.wav", first.bytes)
        #expect(try features(["two.wav", "--channels", "first"]).bytes == features(["first.wav"]).bytes)
        #expect(try features(["two.wav", "--channels", "louder"]).bytes != features(["first.wav"]).bytes)
    }
}
