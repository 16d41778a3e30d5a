import Foundation
import StimmungTensors
import StimmungTestSupport
import Testing

/// What people really feed a program with.
struct BadInputTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func pcm(_ samples: [Int16]) -> [UInt8] { samples.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) } }

    /// Makes the bad files; each with a word that its error must have.
    private func makeBadFiles() throws -> [(name: String, word: String)] {
        try FileManager.default.createDirectory(atPath: folder.file("no-audio"), withIntermediateDirectories: true)
        try folder.write("no-audio/readme.txt", "hello")
        try folder.write("empty.wav", Data())
        let sound = (0..<16_000).map { Int16(3000 * sin(Double($0) / 10)) }
        try folder.write("cut.wav", wave(tag: 1, bits: 16, Array(pcm(sound).prefix(9000)), claimed: 32_000))
        try folder.write("header-only.wav", wave(tag: 1, bits: 16, []))
        try folder.write("one-sample.wav", wave(tag: 1, bits: 16, pcm([1000])))
        try folder.write("short.wav", wave(tag: 1, bits: 16, pcm(Array(sound.prefix(399)))))
        try folder.write("silent.wav", wave(tag: 1, bits: 16, pcm([Int16](repeating: 0, count: 16_000))))
        var floats = sound.map { Float($0) / 32_768 }
        floats[8000] = .nan
        try folder.write("nan.wav", wave(tag: 3, bits: 32, floats.flatMap { withUnsafeBytes(of: $0, Array.init) }))
        try folder.write("text.wav", "This is a text and no sound at all.\n")
        try folder.write("noise.mp3", Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }))
        return [
            ("nosuch.wav", "no such file"), ("no-audio", "no audio file"), ("empty.wav", "empty"), ("cut.wav", "truncated"),
            ("header-only.wav", "no samples"), ("one-sample.wav", "too short"), ("short.wav", "too short"), ("silent.wav", "silent"),
            ("nan.wav", "not a number"), ("text.wav", "not an audio file"), ("noise.mp3", "noise.mp3"),
        ]
    }

    @Test(arguments: ["text", "json", "jsonl", "csv"]) func theGoodOneIsStillAnswered(format: String) throws {
        let bad = try makeBadFiles()
        let good = fixture.recordings[0]
        var inputs = bad.map(\.name)
        inputs.insert(good, at: 5)
        let run = try Program.run(["predict", "--model", fixture.model, "--format", format, "-q"] + inputs, in: folder)
        #expect(run.status == 1, "\(run)")
        let lines = run.errors.split(separator: "\n")
        for (name, word) in bad {
            #expect(lines.contains { $0.hasPrefix("stimmung: ") && $0.contains(name) && $0.contains(word) }, "\(name): \(run.errors)")
        }
        #expect(run.errors.contains("\(bad.count) of \(bad.count + 1) files failed"))
        switch format {
        case "text":
            #expect(run.output.hasPrefix("\(good): anger") && run.output.split(separator: "\n").count == 1)
        case "csv":
            let rows = run.output.split(separator: "\n")
            #expect(rows.count == 1 + inputs.count && rows[6].hasPrefix("\(good),0.6,anger,") && rows[1].hasPrefix("nosuch.wav,,"))
        default:
            let text = format == "json" ? run.output : "[\(run.output.split(separator: "\n").joined(separator: ","))]"
            let objects = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
            #expect(objects.map { $0["file"] as? String } == inputs)
            #expect(objects[5]["label"] as? String == "anger")
            for (number, object) in objects.enumerated() where number != 5 {
                #expect(Set(object.keys) == ["file", "error"] && object["error"] as? String != "")
            }
        }
    }

    @Test func aSingleBadFileIsNamed() throws {
        for (name, word) in try makeBadFiles() {
            let run = try Program.run(["predict", "--model", fixture.model, name], in: folder)
            #expect(run.status == 1 && run.bytes.isEmpty && run.errors.contains(name) && run.errors.contains(word), "\(name): \(run)")
        }
    }

    @Test(.enabled(if: isInstalled("ffmpeg"), "ffmpeg is not installed"))
    func aFilmWithoutSoundIsSaidToHaveNone() throws {
        try runProgram("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "color=black:s=32x32:d=0.2", "-an", folder.file("film.mp4")])
        let run = try Program.run(["predict", "--model", fixture.model, "film.mp4", fixture.recordings[0]], in: folder)
        #expect(run.status == 1 && run.errors.contains("film.mp4 has no audio stream"), "\(run)")
        #expect(run.output.hasPrefix(fixture.recordings[0]))
    }

    @Test func aRecipeIsNoModel() throws {
        try folder.write("mine.yaml", "name: mine\nnetwork: [{lstm: 4}]\n")
        let run = try Program.run(["predict", "--model", "mine.yaml", fixture.recordings[0]], in: folder)
        #expect(run.status == 1 && run.bytes.isEmpty && run.errors.contains("stimmung train mine.yaml --corpus"), "\(run)")
    }

    @Test func featuresSaysItToo() throws {
        for (name, word) in try makeBadFiles() {
            let run = try Program.run(["features", name, "-o", name == "no-audio" ? "f" : "f.csv", "-q"], in: folder)
            #expect(run.status == 1 && run.bytes.isEmpty && run.errors.contains(name) && run.errors.contains(word), "\(name): \(run)")
            #expect(!folder.exists("f.csv"))
        }
    }

    @Test func featuresOfAFolderGoOnAfterABadFile() throws {
        try FileManager.default.createDirectory(atPath: folder.file("calls"), withIntermediateDirectories: true)
        try folder.tone("calls/a.wav", seconds: 0.5)
        try folder.write("calls/b.wav", "no sound")
        try folder.tone("calls/c.wav", seconds: 0.5)
        let run = try Program.run(["features", "calls", "-o", "out", "-q"], in: folder)
        #expect(run.status == 1 && run.errors.contains("calls/b.wav") && run.errors.contains("1 of 3"), "\(run)")
        #expect(folder.exists("out/a.csv") && folder.exists("out/c.csv") && !folder.exists("out/b.csv"))
    }

    @Test(arguments: [
        ("file,speaker\nx.wav,a\n", "emotion"), ("file,speaker,emotion\nnosuch.wav,a,anger\n", "nosuch.wav"),
        ("file,speaker,emotion\n", "no rows"), ("", "no rows"), ("file,speaker,emotion\nx.wav,a\n", "Line 2"),
        ("file,speaker,emotion,start,end\nx.wav,a,anger,soon,1\n", "soon"),
    ])
    func manifestsAreChecked(text: String, word: String) throws {
        try folder.tone("x.wav", seconds: 0.5)
        try folder.write("m.csv", text)
        for command in [["train", "lstm", "--corpus", "m.csv", "-o", "m"], ["corpus", "describe", "m.csv"]] {
            let run = try Program.run(command, in: folder)
            #expect(run.status == 1 && run.errors.contains("m.csv") && run.errors.contains(word) && run.bytes.isEmpty, "\(run)")
        }
    }

    @Test func aManifestNamesTheFileThatCannotBeRead() throws {
        try folder.tone("x.wav", seconds: 0.5)
        try folder.write("bad.wav", "no sound")
        try folder.write("m.csv", "file,speaker,emotion\nx.wav,a,anger\nbad.wav,b,neutral\n")
        let run = try Program.run(["train", fixture.recipe, "--corpus", "m.csv", "-o", "m", "-q"], in: folder)
        #expect(run.status == 1 && run.errors.contains("bad.wav") && !folder.exists("m") && !folder.exists("m.checkpoint"), "\(run)")
    }

    /// Its faster copy is too short; the error counts the samples of the file.
    @Test func aRecordingTooShortForItsCopiesHasItsOwnLength() throws {
        for name in ["x", "y"] { try folder.tone("\(name).wav", seconds: 0.5, frequency: name == "x" ? 300 : 900) }
        try folder.write("short.wav", wave(tag: 1, bits: 16, pcm((0..<400).map { Int16(3000 * sin(Double($0) / 10)) })))
        try folder.write("m.csv", "file,speaker,emotion\nx.wav,a,anger\ny.wav,a,neutral\nshort.wav,b,anger\n")
        let run = try Program.run(
            ["train", "lstm", "--corpus", "m.csv", "-o", "m", "-q", "--epochs", "1", "--skip-unusable", "none"], in: folder)
        #expect(run.status == 1 && run.errors.contains("it has 400 samples; the features need at least 44"), "\(run)")
    }

    @Test func oneSpeakerCannotBeLeftOut() throws {
        for name in ["x", "y"] { try folder.tone("\(name).wav", seconds: 0.5, frequency: name == "x" ? 300 : 900) }
        try folder.write("m.csv", "file,speaker,emotion\nx.wav,a,anger\ny.wav,a,neutral\n")
        let run = try Program.run(["evaluate", fixture.recipe, "--corpus", "m.csv", "-q"], in: folder)
        #expect(run.status == 1 && run.errors.contains("1 speaker") && run.errors.contains("random-folds"), "\(run)")
    }

    /// A model file from anywhere must not make the program take gigabytes or crash.
    @Test func aHostileModelTakesNoMemory() throws {
        let file = try Safetensors(path: fixture.model)
        var hostile = file
        hostile.metadata["recipe"] = file.metadata["recipe"]?.replacingOccurrences(
            of: "lstm: 8", with: "lstm: 8192\n- lstm: 8192\n- lstm: 8192")
        try hostile.write(path: folder.file("hostile.safetensors"))
        for command in [["inspect", "hostile.safetensors"], ["predict", "--model", "hostile.safetensors", fixture.recordings[0]]] {
            let run = try Program.run(command, in: folder)
            #expect(run.status == 1 && run.errors.contains("hostile.safetensors") && run.peakMemory < 150, "\(run.peakMemory) MB, \(run)")
        }
    }
}
