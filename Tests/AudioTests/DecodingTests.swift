import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// A way to encode: ffmpeg's options and the file's extension.
struct Encoding: CustomTestStringConvertible, Sendable {
    var name: String
    var options: [String]
    var sampleRate = 16000
    var stereo = false

    var testDescription: String { "\(name) \(options.joined(separator: " ")) at \(sampleRate) Hz, \(stereo ? "stereo" : "mono")" }

    static let lossless: [Encoding] = [
        Encoding(name: "a.wav", options: ["-c:a", "pcm_s16le"]),
        Encoding(name: "b.wav", options: ["-c:a", "pcm_s24le"]),
        Encoding(name: "c.wav", options: ["-c:a", "pcm_f32le"]),
        Encoding(name: "d.wav", options: ["-c:a", "pcm_f64le"]),
        Encoding(name: "a.flac", options: []),
        Encoding(name: "a.aiff", options: []),
        Encoding(name: "a.au", options: []),
        Encoding(name: "a.w64", options: []),
        Encoding(name: "a.caf", options: []),
        Encoding(name: "rf64.wav", options: ["-rf64", "always"]),
        // From here on by ffmpeg.
        Encoding(name: "alac.m4a", options: ["-c:a", "alac", "-sample_fmt", "s16p"]),
        Encoding(name: "a.mka", options: ["-c:a", "flac"]),
        Encoding(name: "a.wv", options: []),
        Encoding(name: "pcm.mov", options: ["-c:a", "pcm_s16le"]),
    ]

    static let lossy: [Encoding] = [
        Encoding(name: "a.mp3", options: ["-b:a", "64k"]),
        Encoding(name: "a.mp3", options: ["-q:a", "2"], sampleRate: 44100, stereo: true),
        Encoding(name: "a.ogg", options: ["-c:a", "libvorbis", "-q:a", "6"]),
        Encoding(name: "a.ogg", options: ["-c:a", "libvorbis", "-q:a", "6"], sampleRate: 48000, stereo: true),
        Encoding(name: "a.opus", options: ["-c:a", "libopus", "-b:a", "64k"], sampleRate: 48000),
        Encoding(name: "a.m4a", options: ["-c:a", "aac", "-b:a", "96k"], sampleRate: 44100),
        Encoding(name: "a.m4a", options: ["-c:a", "aac", "-b:a", "128k"], sampleRate: 48000, stereo: true),
        Encoding(name: "a.webm", options: ["-c:a", "libopus", "-b:a", "64k"], sampleRate: 48000),
        Encoding(name: "a.wma", options: ["-b:a", "128k"], sampleRate: 44100),
        Encoding(name: "a.aac", options: ["-b:a", "96k"], sampleRate: 44100),
        Encoding(name: "a.mp2", options: ["-b:a", "128k"], sampleRate: 48000),
        Encoding(name: "ulaw.wav", options: ["-c:a", "pcm_mulaw"], sampleRate: 8000),
    ]
}

@Suite(.enabled(if: ffmpegIsThere, needsFFmpeg))
struct DecodingTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test(arguments: [(16000, false), (48000, true)])
    func losslessIsExact(sampleRate: Int, stereo: Bool) throws {
        let signal = Signal.speechLike(seconds: 0.5, sampleRate: sampleRate, stereo: stereo)
        // One run of ffmpeg writes all of them.
        let outputs = Encoding.lossless.flatMap { $0.options + [scratch.file($0.name)] }
        try scratch.encode(signal, outputs, to: "last.wav")
        for encoding in Encoding.lossless {
            #expect(try AudioFile.read(path: scratch.file(encoding.name), sampleRate: sampleRate) == signal.mono, "\(encoding)")
        }
    }

    @Test(arguments: Encoding.lossy)
    func lossySoundsTheSame(_ encoding: Encoding) throws {
        let signal = Signal.speechLike(seconds: 0.7, sampleRate: encoding.sampleRate, stereo: encoding.stereo)
        let path = try scratch.encode(signal, encoding.options, to: encoding.name)
        let samples = try AudioFile.read(path: path, sampleRate: encoding.sampleRate)
        // Containers without a word on the encoder's delay keep it: up to three frames of 1152 samples.
        #expect((signal.count - 2048...signal.count + 4 * 1152).contains(samples.count))
        #expect(correlation(samples, signal.mono, lag: 2500) > 0.95)
    }

    @Test func soundOfAFilm() throws {
        let signal = Signal.speechLike(seconds: 1, sampleRate: 48000, stereo: true)
        let sound = try scratch.encode(signal, ["-c:a", "pcm_s16le"], to: "sound.wav")
        try scratch.ffmpeg([
            "-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1", "-i", sound, "-c:v", "mpeg4", "-c:a", "aac", "-b:a", "128k",
            scratch.file("film.mp4"),
        ])
        let samples = try AudioFile.read(path: scratch.file("film.mp4"), sampleRate: 8000)
        let expected = try AudioFile.read(path: sound, sampleRate: 8000)
        #expect(abs(samples.count - expected.count) < 200)
        #expect(correlation(samples, expected, lag: 200) > 0.97)
    }

    @Test(arguments: [(44100, 16000), (48000, 16000), (8000, 16000), (22050, 16000), (16000, 8000), (48000, 44100)])
    func bothDecodersGiveTheSameBits(from: Int, to: Int) throws {
        let signal = Signal.speechLike(seconds: 0.7, sampleRate: from, stereo: true)
        let inProcess = try AudioFile.read(path: scratch.encode(signal, [], to: "a.flac"), sampleRate: to)
        let asChild = try AudioFile.read(path: scratch.encode(signal, ["-c:a", "flac"], to: "a.mka"), sampleRate: to)
        #expect(inProcess == asChild)
        #expect(inProcess.count == Int((Double(signal.count) * Double(to) / Double(from)).rounded()))
    }

    @Test func sixChannelsGiveTheirMean() throws {
        let parts = (1...6).map { Signal.sine(Double($0) * 200, amplitude: 0.5, seconds: 0.2, sampleRate: 16000).channels[0] }
        let signal = Signal(channels: parts, sampleRate: 16000)
        let inProcess = try AudioFile.read(path: scratch.encode(signal, [], to: "a.wav"))
        let asChild = try AudioFile.read(path: scratch.encode(signal, ["-c:a", "flac"], to: "a.mka"))
        #expect(difference(inProcess, signal.mono) < 1e-6)
        #expect(asChild == inProcess)
    }

    /// libsndfile alone would guess the length from the first, loud frames and read no further.
    @Test func variableRateMP3WithoutALengthHeader() throws {
        try scratch.ffmpeg([
            "-f", "lavfi", "-i", "anoisesrc=r=44100:d=2:a=0.9:seed=1", "-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono:d=8",
            "-filter_complex", "[0][1]concat=n=2:v=0:a=1", "-c:a", "libmp3lame", "-q:a", "0", "-write_xing", "0", scratch.file("vbr.mp3"),
        ])
        let seconds = Double(try AudioFile.read(path: scratch.file("vbr.mp3")).count) / 16000
        #expect(abs(seconds - 10) < 0.1)
    }

    /// The header of the first would hide the second.
    @Test func mp3sPutTogetherWithCat() throws {
        let signal = Signal.speechLike(seconds: 1.5, sampleRate: 16000, stereo: false)
        try scratch.encode(signal, ["-b:a", "64k"], to: "one.mp3")
        let one = try scratch.bytes("one.mp3")
        let path = try scratch.write("two.mp3", one + one)
        let seconds = Double(try AudioFile.read(path: path).count) / 16000
        #expect(abs(seconds - 3) < 0.2)
    }

    @Test func namesThatLookLikeOptionsAndAddresses() throws {
        let signal = Signal.speechLike(seconds: 0.1, sampleRate: 16000, stereo: false)
        let expected = signal.mono
        for name in ["-i.mka", "http:x.mka", "concat:a|b.mka", "with space 'and' \"quotes\" $HOME.mka", "ä\nnew line.mka", "%03d.mka"] {
            let plain = try scratch.encode(signal, ["-c:a", "flac"], to: "plain.mka")
            try FileManager.default.moveItem(atPath: plain, toPath: scratch.file(name))
            #expect(try AudioFile.read(path: scratch.file(name)) == expected, "\(name)")
        }
    }
}

/// Files built byte by byte, without ffmpeg.
struct WaveTests {
    let scratch: TemporaryFolder
    let samples = Signal.speechLike(seconds: 0.25, sampleRate: 16000, stereo: false).mono

    init() throws { scratch = try TemporaryFolder() }

    @Test(arguments: [0xFFFF_FFFF, 0x7FFF_F000, 0x8000_0000] as [UInt32])
    func lengthUnknownToTheWriter(_ claimed: UInt32) throws {
        var wave = Wave.pcm16(samples)
        wave.claimedData = claimed
        wave.claimedRIFF = 0xFFFF_FFFF
        #expect(try AudioFile.read(path: scratch.write("pipe.wav", wave.bytes)) == samples)
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg), arguments: [0, 36, nil] as [UInt32?])
    func lengthNeverFilledIn(_ riff: UInt32?) throws {
        var wave = Wave.pcm16(samples)
        wave.claimedData = 0
        wave.claimedRIFF = riff
        #expect(try AudioFile.read(path: scratch.write("zero.wav", wave.bytes)) == samples)
    }

    @Test func bigEndianAndNoExtension() throws {
        #expect(try AudioFile.read(path: scratch.write("rifx", Wave.pcm16(samples, bigEndian: true).bytes)) == samples)
    }

    @Test func headerCountedIn() throws {
        var wave = Wave.pcm16(samples)
        wave.claimedData = UInt32(wave.data.count + 44)
        #expect(try AudioFile.read(path: scratch.write("sloppy.wav", wave.bytes)) == samples)
    }

    @Test func sphere() throws {
        let header =
            "NIST_1A\n   1024\nsample_count -i \(samples.count)\nsample_rate -i 16000\nchannel_count -i 1\nsample_n_bytes -i 2\n"
            + "sample_byte_format -s2 01\nsample_sig_bits -i 16\nsample_coding -s3 pcm\nend_head\n"
        let whole = Array(header.padding(toLength: 1024, withPad: " ", startingAt: 0).utf8) + Wave.pcm16(samples).data
        #expect(try AudioFile.read(path: scratch.write("a.sph", whole)) == samples)
        let path = try scratch.write("cut.sph", Array(whole.prefix(1024 + 4000)))
        #expect(throws: AudioError.truncated(file: path, there: 0.125, promised: 0.25)) { try AudioFile.read(path: path) }
    }

    @Test func durationOfTheHeader() throws {
        let path = try scratch.write("a.wav", Wave.pcm16(samples).bytes)
        #expect(try AudioReader(path: path, sampleRate: 8000, start: 0.1, end: 0.2).duration == 0.25)
    }
}

@Suite(.enabled(if: TestData.folder != nil, "STIMMUNG_DATA is not set"))
struct CorpusFileTests {
    @Test func everyFiftiethRecordingIsRead() throws {
        let data = try #require(TestData.folder)
        let files = try AudioFile.list(folder: data).files.enumerated().filter { $0.offset.isMultiple(of: 50) }.map(\.element)
        for file in files {
            let samples = try AudioFile.read(path: file)
            #expect((0.5...30).contains(Double(samples.count) / 16000), "\(file)")
            #expect(samples.contains { abs($0) > 0.01 }, "\(file)")
        }
    }
}
