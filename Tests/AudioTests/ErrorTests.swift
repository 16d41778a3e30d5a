import Foundation
import StimmungAudio
import StimmungSupport
import StimmungTestSupport
import Testing

struct ErrorTests {
    let scratch: TemporaryFolder
    let samples = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: false).mono

    init() throws { scratch = try TemporaryFolder() }

    private func error(_ path: String, start: Double? = nil, end: Double? = nil, ffmpeg: FFmpeg = FFmpeg()) -> AudioError? {
        #expect(throws: AudioError.self) { try AudioFile.read(AudioSegment(path: path, start: start, end: end), ffmpeg: ffmpeg) }
    }

    @Test func noSuchFile() throws {
        for path in [scratch.file("none.wav"), "", scratch.file("a.wav\0b"), try scratch.write("x", [1]) + "/a.wav"] {
            #expect(error(path) == .noSuchFile(file: path))
        }
    }

    @Test func isFolder() {
        #expect(error(scratch.path) == .isFolder(file: scratch.path))
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func notReadable() throws {
        let path = try scratch.write("secret.wav", Wave.pcm16(samples).bytes)
        chmod(path, 0)
        #expect(error(path) == .notReadable(file: path, reason: "permission denied"))
    }

    @Test func pipesAndDevices() {
        let path = scratch.file("pipe.wav")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(error(path) == .notRegularFile(file: path))
        #expect(error("/dev/zero") == .notRegularFile(file: "/dev/zero"))
    }

    @Test func emptyFile() throws {
        let path = try scratch.write("empty.wav", [])
        #expect(error(path) == .emptyFile(file: path))
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg))
    func notAudio() throws {
        let text = Array(String(repeating: "This is not a recording.\n", count: 50).utf8)
        for name in ["text.wav", "text.mp4", "text.mp3", "text"] {
            let path = try scratch.write(name, text)
            #expect(error(path) == .notAudio(file: path))
        }
        try scratch.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=1:duration=1", "-frames:v", "1", scratch.file("picture.png")])
        #expect(error(scratch.file("picture.png")) == .notAudio(file: scratch.file("picture.png")))
        let header = try scratch.write("header.wav", Array(Wave.pcm16(samples).bytes.prefix(20)))
        #expect(error(header) == .notAudio(file: header))
    }

    /// A list that names other files is no recording, whatever ffmpeg thinks of it.
    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg))
    func playlistsAreNotFollowed() throws {
        let sound = try scratch.write("a.wav", Wave.pcm16(samples).bytes)
        let concat = try scratch.write("list.wav", "ffconcat version 1.0\nfile a.wav\n")
        let hls = try scratch.write("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.wav\n#EXT-X-ENDLIST\n")
        #expect(try !AudioFile.read(path: sound).isEmpty)
        for path in [concat, hls] {
            #expect(error(path) == .notAudio(file: path))
        }
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg))
    func noAudioStream() throws {
        let path = scratch.file("silent.mp4")
        try scratch.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1", "-c:v", "mpeg4", path])
        #expect(error(path) == .noAudioStream(file: path))
    }

    @Test func noSamples() throws {
        let header = try scratch.write("header.wav", Wave().bytes)
        #expect(error(header) == .noSamples(file: header))
        var wave = Wave()
        wave.chunksAfter = Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)
        let list = try scratch.write("list.wav", wave.bytes)
        #expect(error(list) == .noSamples(file: list))
    }

    @Test func truncatedWAVTellsHowMuchIsThere() throws {
        let whole = Wave.pcm16(samples).bytes
        let path = try scratch.write("cut.wav", Array(whole.prefix(44 + 4000)))
        #expect(error(path) == .truncated(file: path, there: 0.125, promised: 0.5))
    }

    @Test(
        .enabled(if: ffmpegIsThere, needsFFmpeg),
        arguments: [
            Encoding(name: "a.wav", options: ["-rf64", "always"]), Encoding(name: "a.aiff", options: []),
            Encoding(name: "a.au", options: []),
            Encoding(name: "a.w64", options: []), Encoding(name: "a.caf", options: []), Encoding(name: "a.flac", options: []),
            Encoding(name: "a.mp3", options: ["-b:a", "64k"]), Encoding(name: "a.ogg", options: ["-c:a", "libvorbis"]),
            Encoding(name: "a.opus", options: ["-c:a", "libopus"], sampleRate: 48000), Encoding(name: "a.m4a", options: ["-c:a", "aac"]),
            Encoding(name: "b.m4a", options: ["-c:a", "aac", "-movflags", "+faststart"]),
            Encoding(name: "a.webm", options: ["-c:a", "libopus"], sampleRate: 48000), Encoding(name: "a.mka", options: ["-c:a", "flac"]),
        ])
    func truncated(_ encoding: Encoding) throws {
        try scratch.encode(.speechLike(seconds: 3, sampleRate: encoding.sampleRate, stereo: false), encoding.options, to: encoding.name)
        #expect(try !AudioFile.read(path: scratch.file(encoding.name)).isEmpty)
        let path = try scratch.cut(encoding.name, to: 0.6, as: "cut-" + encoding.name)
        let error = error(path)
        guard case .truncated(path, _, _) = error else {
            Issue.record("not reported as truncated: \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(_ value: Float) throws {
        var samples = samples
        samples[4000] = value
        let path = try scratch.write("bad.wav", Wave.float(samples).bytes)
        #expect(error(path) == .notFinite(file: path, time: 0.25))
        // What comes before it can be read.
        #expect(try AudioFile.read(path: path, end: 0.2) == Array(samples[..<3200]))
    }

    @Test func absurdSampleRates() throws {
        var wave = Wave.pcm16(samples)
        wave.sampleRate = 1
        let path = try scratch.write("slow.wav", wave.bytes)
        #expect(error(path) == .corrupt(file: path, reason: "its header states a sampling rate of 1 Hz"))
        let sound = try scratch.write("a.wav", Wave.pcm16(samples).bytes)
        #expect(throws: AudioError.badSampleRate(rate: 0)) { try AudioReader(path: sound, sampleRate: 0) }
    }

    @Test func badRange() throws {
        let path = try scratch.write("a.wav", Wave.pcm16(samples).bytes)
        let ranges: [(Double?, Double?)] = [
            (-1, nil), (.nan, nil), (0, .infinity), (0.3, 0.2), (0.2, 0.2), (0.5, nil), (7, nil), (7, 8), (0, 0.7), (1e300, nil), (nil, 0),
        ]
        for (start, end) in ranges {
            guard case .badRange(path, _, _, _) = error(path, start: start, end: end) else {
                Issue.record("\(String(describing: start)) to \(String(describing: end))")
                continue
            }
        }
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg))
    func badRangeFoundWhileDecoding() throws {
        let path = try scratch.encode(.speechLike(seconds: 0.5, sampleRate: 44100, stereo: false), ["-c:a", "flac"], to: "a.mka")
        for (start, end) in [(0.6, nil), (0.5, nil), (7, 8), (0, 0.7)] as [(Double, Double?)] {
            guard case .badRange(path, start, end, _) = error(path, start: start, end: end) else {
                Issue.record("\(start) to \(end ?? -1)")
                continue
            }
        }
    }

    @Test func everyErrorNamesTheFileAndWhatToDo() {
        let file = "/data/x.wav"
        let errors: [AudioError] = [
            .noSuchFile(file: file), .isFolder(file: file), .notAFolder(path: file), .noAudioFiles(folder: file),
            .notRegularFile(file: file),
            .notReadable(file: file, reason: "permission denied"), .emptyFile(file: file), .notAudio(file: file),
            .noAudioStream(file: file),
            .noSamples(file: file), .truncated(file: file, there: 1, promised: 2), .corrupt(file: file, reason: "r"),
            .notFinite(file: file, time: 1), .ffmpegMissing(file: file, program: "ffmpeg"), .ffmpegFailed(file: file, reason: "r"),
            .badRange(file: file, start: 1, end: nil, reason: "contains no sample"),
            .noSuchChannel(file: file, channel: 3, channels: 2), .notWritable(file: file, reason: "no space left on device"),
        ]
        for error in errors {
            let text = "\(error)"
            #expect(text.contains(file))
            // A reason and a remedy.
            #expect(text.contains(". "), "\(text)")
            #expect(!text.contains("Optional"))
        }
        let codes = Set(errors.map(\.code))
        #expect(codes.count == errors.count && codes.isSuperset(of: ["audio.no-such-file", "audio.truncated", "audio.ffmpeg-missing"]))
        #expect("\(AudioError.truncated(file: "x", there: 1.25, promised: 2))".contains("1.25 s of the 2.0 s"))
    }
}
