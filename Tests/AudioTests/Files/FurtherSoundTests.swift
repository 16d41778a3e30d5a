import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// Sound that the header does not count.
struct FurtherSoundTests {
    let scratch: TemporaryFolder
    let samples = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: false).mono
    private let longer = "audio.longer-than-declared"

    init() throws { scratch = try TemporaryFolder() }

    private func read(_ name: String, _ bytes: [UInt8]) throws -> (samples: [Float], warnings: [RecordingWarning]) {
        try AudioFile.readWithWarnings(AudioSegment(path: scratch.write(name, bytes)), ffmpeg: FFmpeg(searchPath: ""))
    }

    private func word(_ bytes: Int) -> [UInt8] { (0..<4).map { UInt8(bytes >> (8 * $0) & 0xFF) } }

    @Test func concatenatedFilesAreReadToTheEnd() throws {
        let bytes = Wave.pcm16(samples).bytes
        for count in 2...3 {
            let (read, warnings) = try read("cat.wav", Array(repeating: bytes, count: count).flatMap(\.self))
            #expect(read == Array(repeating: samples, count: count).flatMap(\.self))
            #expect(warnings.map(\.code) == [longer])
            #expect(
                warnings.first?.message.contains("0.5 s") == true && warnings.first?.message.contains("\(0.5 * Double(count)) s") == true)
        }
    }

    @Test(arguments: [2, 100, 4001, 12_346])
    func aDataSizeThatIsTooSmall(_ claimed: Int) throws {
        var wave = Wave()
        for bigEndian in [false, true] {
            wave = Wave.pcm16(samples, bigEndian: bigEndian)
            wave.claimedData = UInt32(claimed)
            let (read, warnings) = try read("half.wav", wave.bytes)
            #expect(read == samples)
            #expect(warnings.map(\.code) == [longer])
        }
    }

    @Test func twoDataChunks() throws {
        var wave = Wave.pcm16(samples)
        wave.chunksAfter = Array("LIST".utf8) + word(4) + Array("INFO".utf8) + Array("data".utf8) + word(wave.data.count) + wave.data
        let (read, warnings) = try read("two.wav", wave.bytes)
        #expect(read == samples + samples)
        #expect(warnings.map(\.code) == [longer])
    }

    /// A header whose sound begins at its own first byte must not be found again and again.
    @Test(.timeLimit(.minutes(1)))
    func headersWithinThemselvesEnd() throws {
        let sphere = Array("NIST_1A\n   0\nsample_n_bytes -i 2\nsample_rate -i 16000\nend_head\n".utf8) + [UInt8](repeating: 1, count: 2000)
        _ = try? read("a.sph", sphere)
        let au = Array(".snd".utf8) + [UInt8](repeating: 0, count: 2000)
        _ = try? read("a.au", au)
        let empty = Wave().bytes
        #expect(throws: AudioError.self) { try read("empty.wav", Array(repeating: empty, count: 3).flatMap(\.self)) }
    }

    @Test func noiseLikeTheSoundBeforeIt() throws {
        var random = SystemRandomNumberGenerator()
        let noise = (0..<8000).map { _ in Float(Int16.random(in: -8000...8000, using: &random)) / 32768 }
        var wave = Wave.pcm16(noise)
        wave.claimedData = 8000
        #expect(try read("noise.wav", wave.bytes).samples == noise)
    }

    @Test func aRangeReachesBeyondTheDeclaredEnd() throws {
        let bytes = Wave.pcm16(samples).bytes
        let path = try scratch.write("cat.wav", bytes + bytes)
        #expect(try AudioFile.read(path: path, start: 0.75, end: 0.875) == Array(samples[4000..<6000]))
        #expect(throws: AudioError.self) { try AudioFile.read(path: path, start: 0.9, end: 1.2) }
    }

    @Test func tagsAreNotSound() throws {
        let bytes = Wave.pcm16(samples).bytes
        let tag = Array("TAG".utf8) + [UInt8](repeating: 0x41, count: 125)
        let id3 = Array("ID3".utf8) + [3, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 0x81, count: 128)
        let ape = Array("APETAGEX".utf8) + word(2000) + word(32) + word(0) + word(0) + [UInt8](repeating: 0, count: 8)
        let text = Array(String(repeating: "<x:xmpmeta>", count: 30).utf8)
        let zeros = [UInt8](repeating: 0, count: 4000)
        for tail in [tag, id3, ape, id3 + ape + tag, text, zeros, zeros + tag, [1, 2, 3]] {
            let (read, warnings) = try read("tag.wav", bytes + tail)
            #expect(read == samples && warnings.isEmpty, "\(tail.prefix(8))")
        }
        let (read, warnings) = try read("before.wav", id3 + bytes)
        #expect(read == samples && warnings.isEmpty)
    }

    /// Chunks of an unknown name and of an odd size, with and without padding.
    @Test func chunksAreNotSound() throws {
        for chunk in [
            Array("xyz ".utf8) + word(5) + [1, 2, 3, 4, 5, 0], Array("LIST".utf8) + word(3) + [1, 2, 3],
            Array("bext".utf8) + word(602) + [UInt8](repeating: 200, count: 602),
        ] {
            var wave = Wave.pcm16(samples)
            wave.chunksAfter = chunk + Array("fact".utf8) + word(4) + [0, 0, 0, 0]
            let (read, warnings) = try read("chunk.wav", wave.bytes)
            #expect(read == samples && warnings.isEmpty)
        }
    }

    @Test func otherDataIsNotReadAndReported() throws {
        var generator = RandomBytes(state: 1)
        let bytes = Wave.pcm16(samples).bytes + (0..<16_000).map { _ in generator.next() }
        let (read, warnings) = try read("other.wav", bytes)
        #expect(read == samples)
        #expect(warnings.map(\.code) == ["audio.unread-data"])
        // Both durations.
        #expect(warnings.first?.message.contains("0.5 s") == true)
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg), arguments: ["a.aiff", "a.au", "a.w64", "a.caf", "a.flac"])
    func otherContainersAreReadToTheEnd(_ name: String) throws {
        try scratch.encode(Signal(channels: [samples], sampleRate: 16000), [], to: name)
        let bytes = try Array(scratch.bytes(name))
        let (read, warnings) = try read("cat-\(name)", bytes + bytes)
        #expect(read == samples + samples)
        #expect(warnings.map(\.code) == [longer])
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg))
    func differentContainersInOneFile() throws {
        try scratch.encode(Signal(channels: [samples], sampleRate: 16000), [], to: "b.flac")
        let (read, warnings) = try read("mixed.wav", Wave.pcm16(samples).bytes + Array(scratch.bytes("b.flac")))
        #expect(read == samples + samples)
        #expect(warnings.map(\.code) == [longer])
    }
}

/// Bytes without a pattern, the same in each run.
struct RandomBytes {
    var state: UInt64

    mutating func next() -> UInt8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 56)
    }
}
