import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// Chains, unknown lengths, estimates and times: what only real encoders make.
@Suite(.enabled(if: ffmpegIsThere, needsFFmpeg))
struct StreamTests {
    let scratch: TemporaryFolder
    let signal = Signal.speechLike(seconds: 0.6, sampleRate: 48000, stereo: false)

    init() throws { scratch = try TemporaryFolder() }

    private func read(_ path: String, rate: Int = 48000) throws -> (samples: [Float], warnings: [RecordingWarning]) {
        try AudioFile.readWithWarnings(AudioSegment(path: path), sampleRate: rate)
    }

    @Test(arguments: ["opus -c:a libopus", "ogg -c:a libvorbis", "oga -c:a flac"])
    func allLinksOfAChainedOggAreRead(_ kind: String) throws {
        let words = kind.split(separator: " ").map(String.init)
        let one = try scratch.encode(signal, Array(words.dropFirst()), to: "a.\(words[0])")
        let expected = try read(one).samples
        let bytes = try scratch.bytes("a.\(words[0])")
        let (chained, warnings) = try read(scratch.write("c.\(words[0])", bytes + bytes + bytes))
        #expect(chained == expected + expected + expected)
        #expect(warnings.isEmpty)
    }

    @Test func linksWithAnotherRateAreConverted() throws {
        try scratch.encode(.speechLike(seconds: 0.5, sampleRate: 44100, stereo: true), ["-c:a", "libvorbis"], to: "a.ogg")
        try scratch.encode(.speechLike(seconds: 0.5, sampleRate: 16000, stereo: false), ["-c:a", "libvorbis"], to: "b.ogg")
        let path = try scratch.write("c.ogg", scratch.bytes("a.ogg") + scratch.bytes("b.ogg"))
        let (samples, warnings) = try read(path, rate: 44100)
        #expect(abs(samples.count - 44100) < 10)
        #expect(warnings.map(\.code) == ["audio.mixed-formats"])
        #expect(
            warnings.first?.message.contains("44100 Hz with 2 channels") == true && warnings.first?.message.contains("16000 Hz") == true)
    }

    @Test func aLossyLengthInAHeaderIsAnEstimate() throws {
        let path = try scratch.encode(.speechLike(seconds: 1.9, sampleRate: 44100, stereo: false), ["-c:a", "libmp3lame"], to: "mp3.wav")
        let (samples, warnings) = try read(path, rate: 44100)
        #expect(abs(Double(samples.count) / 44100 - 1.93) < 0.04)
        #expect(warnings.isEmpty)
    }

    @Test func tagsBeforeAndAfterFLAC() throws {
        let path = try scratch.encode(signal, [], to: "a.flac")
        let bytes = try scratch.bytes("a.flac")
        let tag = Array("TAG".utf8) + [UInt8](repeating: 0x41, count: 125)
        let id3 = Array("ID3".utf8) + [3, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 0, count: 128)
        let expected = try read(path).samples
        for data in [bytes + tag, id3 + bytes, id3 + bytes + tag] {
            let (samples, warnings) = try read(scratch.write("tagged.flac", data))
            #expect(samples == expected && warnings.isEmpty)
        }
    }

    @Test func ffmpegGoesOnWhereTheDecoderGivesUp() throws {
        let source = try scratch.encode(signal, [], to: "a.wav")
        // Without a length in the header, only the decoder can tell where the sound ends.
        try runProgram("/bin/sh", ["-c", "ffmpeg -nostdin -v error -i '\(source)' -f flac - | cat > '\(scratch.file("a.flac"))'"])
        var generator = RandomBytes(state: 3)
        let path = try scratch.write("damaged.flac", scratch.bytes("a.flac") + (0..<5000).map { _ in generator.next() })
        let (samples, warnings) = try read(path)
        #expect(samples == signal.mono)
        #expect(warnings.map(\.code) == ["audio.damaged"])
        // Without ffmpeg nothing is left to try.
        #expect {
            try AudioFile.read(AudioSegment(path: path), ffmpeg: FFmpeg(searchPath: ""))
        } throws: { if case AudioError.corrupt = $0 { true } else { false } }
    }

    @Test(arguments: [
        "-f wav -rf64 always", "-f aiff -c:a pcm_s16le", "-f caf -c:a pcm_f32le", "-f aiff -c:a pcm_s24be",
        "-f wav -rf64 always -c:a pcm_s24le", "-f aiff", "-f au", "-f w64", "-f caf", "-f flac", "-f wav",
    ])
    func lengthsThatWereNeverFilledIn(_ options: String) throws {
        let signal = Signal(channels: [signal.channels[0]], sampleRate: 16000)
        let source = try scratch.encode(signal, [], to: "a.wav")
        try runProgram("/bin/sh", ["-c", "ffmpeg -nostdin -v error -i '\(source)' \(options) - | cat > '\(scratch.file("pipe"))'"])
        let (samples, warnings) = try read(scratch.file("pipe"), rate: 16000)
        #expect(samples == signal.mono)
        #expect(warnings.isEmpty)
    }

    @Test func pagesThatAreMissingAreReported() throws {
        try scratch.encode(
            .speechLike(seconds: 4, sampleRate: 48000, stereo: false), ["-c:a", "libopus", "-page_duration", "200000"], to: "a.opus")
        let bytes = try Array(scratch.bytes("a.opus"))
        let pages = bytes.indices.dropLast(4).filter { Array(bytes[$0..<$0 + 4]) == Array("OggS".utf8) }
        // A page in the middle, and bytes within one.
        for lost in [pages[8]..<pages[9], pages[8] + 500..<pages[8] + 600] {
            let path = try scratch.write("lost.opus", bytes[..<lost.lowerBound] + bytes[lost.upperBound...])
            #expect(try read(path).warnings.map(\.code).contains("audio.damaged"))
        }
    }

    @Test func errorsOfFFmpegAreReported() throws {
        try scratch.encode(.speechLike(seconds: 3, sampleRate: 48000, stereo: false), ["-c:a", "aac"], to: "a.m4a")
        var bytes = try Array(scratch.bytes("a.m4a"))
        for index in bytes.count / 2..<bytes.count / 2 + 4000 { bytes[index] = 0 }
        let (samples, warnings) = try read(scratch.write("damaged.m4a", bytes))
        #expect(abs(Double(samples.count) / 48000 - 3) < 0.1)
        #expect(warnings.map(\.code) == ["audio.damaged"])
    }

    // MARK: - Times

    @Test(arguments: ["film.mov", "film.mkv"])
    func soundThatBeginsLateStaysAtItsTime(_ name: String) throws {
        let sound = try scratch.encode(signal, [], to: "sound.wav")
        try scratch.ffmpeg([
            "-f", "lavfi", "-i", "color=s=64x64:d=3", "-itsoffset", "4.087", "-i", sound, "-c:v", "mpeg4", "-c:a", "pcm_s16le",
            scratch.file(name),
        ])
        let samples = try read(scratch.file(name)).samples
        let first = try #require(samples.firstIndex { $0 != 0 })
        let expected = try #require(signal.mono.firstIndex { $0 != 0 })
        // Matroska counts in milliseconds.
        #expect(abs(first - expected - Int(4.087 * 48000)) <= 48)
        #expect(abs(samples.count - signal.count - Int(4.087 * 48000)) <= 48)
        // Not in the silence before it.
        #expect(try AudioFile.read(path: scratch.file(name), sampleRate: 48000, start: 1, end: 2).allSatisfy { $0 == 0 })
    }

    @Test func aGapInAStreamIsSilence() throws {
        let sound = try scratch.encode(signal, [], to: "sound.wav")
        try scratch.ffmpeg(["-i", sound, "-af", "asetpts=PTS+if(gt(T\\,0.3)\\,1/TB\\,0)", "-c:a", "pcm_s16le", scratch.file("gap.mka")])
        let samples = try read(scratch.file("gap.mka")).samples
        #expect(abs(Double(samples.count) / 48000 - 1.6) < 0.03)
        #expect(samples[24_000..<60_000].allSatisfy { $0 == 0 })
        #expect(Array(samples[..<9600]) == Array(signal.mono[..<9600]) && Array(samples.suffix(4800)) == Array(signal.mono.suffix(4800)))
    }

    /// The delay of an encoder is not a gap, and no time stamp of a plain file moves a sample.
    @Test(arguments: [
        "a.m4a -c:a aac", "a.mka -c:a libvorbis", "a.webm -c:a libopus", "a.wma -c:a wmav2", "a.ts -c:a mp2", "a.avi -c:a libmp3lame",
        "a.aac -c:a aac",
        "a.mp3 -c:a libmp3lame -write_xing 0", "a.ac3 -c:a ac3", "a.nut -c:a aac", "a.wv -c:a wavpack",
    ])
    func plainFilesAreDecodedAsFFmpegDoes(_ kind: String) throws {
        let words = kind.split(separator: " ").map(String.init)
        let path = try scratch.encode(signal, Array(words.dropFirst()), to: words[0])
        try scratch.ffmpeg(["-i", path, "-c:a", "pcm_f32le", scratch.file("plain.wav")])
        let (samples, warnings) = try read(path)
        #expect(samples == (try read(scratch.file("plain.wav")).samples))
        #expect(warnings.isEmpty)
    }
}
