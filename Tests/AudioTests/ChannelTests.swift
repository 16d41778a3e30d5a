import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// Which of several channels is read.
struct ChannelTests {
    let scratch: TemporaryFolder
    let left = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: false).mono

    init() throws { scratch = try TemporaryFolder() }

    private func write(_ name: String, _ channels: [[Float]]) throws -> String {
        var wave = Wave.float((0..<channels[0].count).flatMap { frame in channels.map { $0[frame] } })
        wave.channels = channels.count
        return try scratch.write(name, wave.bytes)
    }

    private func read(_ path: String, _ channel: ChannelSelection = .mix, start: Double? = nil, end: Double? = nil) throws -> (
        samples: [Float], warnings: [RecordingWarning]
    ) {
        try AudioFile.readWithWarnings(AudioSegment(path: path, start: start, end: end, channel: channel))
    }

    @Test func oppositePhaseGivesTheLouderChannel() throws {
        for factor in [-1, -0.9, -0.5, -1.2] as [Float] {
            let right = left.map { factor * $0 }
            let (samples, warnings) = try read(write("anti.wav", [left, right]))
            #expect(samples == (factor < -1 ? right : left))
            #expect(warnings.map(\.code) == ["audio.opposite-phase"])
            #expect(warnings.first?.message.contains("channel \(factor < -1 ? 2 : 1)") == true)
        }
    }

    @Test func nearlyOppositePhase() throws {
        var generator = RandomBytes(state: 7)
        let noisy = left.map { -$0 + (Float(generator.next()) - 128) / 4000 }
        let delayed = [0] + left.dropLast().map { -$0 }
        let shifted = left.map { 0.05 - $0 }
        for right in [noisy, delayed, shifted] {
            #expect(try read(write("nearly.wav", [left, right])).warnings.map(\.code) == ["audio.opposite-phase"])
        }
        // All six channels cancel.
        #expect(try read(write("six.wav", [left, left.map { -$0 }, left, left.map { -$0 }, left, left.map { -$0 }])).samples == left)
    }

    @Test func plainStereoIsTheMeanToTheBit() throws {
        let signal = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: true)
        let silence = [Float](repeating: 0, count: left.count)
        for channels in [
            signal.channels, [left, left], [left, silence], [left, left.map { -0.1 * $0 }], [silence, silence],
            [left, silence, silence, silence],
        ] {
            let expected = left.indices.map { frame in channels.reduce(Float(0)) { $0 + $1[frame] } * (1 / Float(channels.count)) }
            let (samples, warnings) = try read(write("plain.wav", channels))
            #expect(samples == expected)
            #expect(warnings.isEmpty)
        }
    }

    /// One part has channels that are equal, the other, which is louder, such that cancel.
    @Test func theWholeRecordingDecides() throws {
        let quiet = left.map { 0.1 * $0 }
        let path = try write("parts.wav", [quiet + left, quiet + left.map { -$0 }])
        for (start, end) in [(0.0, 0.4), (0.6, 0.9), (nil, nil)] as [(Double?, Double?)] {
            let (samples, warnings) = try read(path, start: start, end: end)
            let first = Int((start ?? 0) * 16000)
            #expect(samples == Array((quiet + left)[first..<first + samples.count]))
            #expect(warnings.map(\.code) == ["audio.opposite-phase"])
        }
    }

    @Test func aFileThatChangesIsComparedAgain() throws {
        let path = try write("a.wav", [left, left.map { -$0 }])
        #expect(try read(path).samples == left)
        let other = try write("b.wav", [left, left])
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: other, toPath: path)
        #expect(try read(path).warnings.isEmpty)
    }

    /// Longer than what is held while it is compared.
    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg), arguments: ["long.flac", "long.mka"])
    func longRecordingsWithOppositePhase(_ name: String) throws {
        try scratch.ffmpeg([
            "-f", "lavfi", "-i", "aevalsrc=0.3*sin(500*t)|-0.4*sin(500*t):s=48000:d=50", "-c:a", "flac", "-compression_level", "0",
            scratch.file(name),
        ])
        let reader = try AudioReader(path: scratch.file(name), start: 45)
        let samples = try reader.read(maximum: 16_000)
        #expect(abs((samples.max() ?? 0) - 0.4) < 0.001)
        #expect(reader.warnings.map(\.code) == ["audio.opposite-phase"])
    }

    @Test func selectedChannels() throws {
        let signal = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: true)
        let quiet = signal.channels[0].map { 0.1 * $0 }
        let path = try write("a.wav", [quiet, signal.channels[1], quiet.map { $0 + 0.3 }])
        #expect(try read(path, .first).samples == quiet)
        #expect(try read(path, .louder).samples == signal.channels[1])
        #expect(try read(path, .louder, start: 0.1, end: 0.2).samples == Array(signal.channels[1][1600..<3200]))
        #expect(try read(path, .channel(1)).samples == quiet)
        #expect(try read(path, .channel(2)).samples == signal.channels[1])
        for number in [0, 4, -1] {
            #expect(throws: AudioError.noSuchChannel(file: path, channel: number, channels: 3)) { try read(path, .channel(number)) }
        }
        #expect(try AudioFile.channelCount(path: path) == 3)
    }

    @Test func everySelectionOfOneChannelIsTheSame() throws {
        let path = try write("mono.wav", [left])
        for channel in [.mix, .first, .louder, .channel(1)] as [ChannelSelection] {
            #expect(try read(path, channel).samples == left)
        }
        #expect(try AudioFile.channelCount(path: path) == 1)
    }

    /// What comes before a damaged place is read, as from one channel.
    @Test func aDamagedEndDoesNotHideTheBeginning() throws {
        var right = left
        right[7000] = .nan
        let path = try write("nan.wav", [left, right])
        #expect(try read(path, end: 0.25).samples == left.prefix(4000).map { $0 })
        #expect(throws: AudioError.notFinite(file: path, time: 7000.0 / 16000)) { try read(path) }
    }
}
