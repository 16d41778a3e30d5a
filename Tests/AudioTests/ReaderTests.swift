import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

@Suite(.enabled(if: ffmpegIsThere, needsFFmpeg))
struct ReaderTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// One for each decoder, resampled and not.
    static let encodings = [
        Encoding(name: "a.wav", options: []), Encoding(name: "a.flac", options: [], sampleRate: 44100, stereo: true),
        Encoding(name: "a.mp3", options: ["-b:a", "64k"], sampleRate: 22050),
        Encoding(name: "a.mka", options: ["-c:a", "flac"], sampleRate: 44100),
        Encoding(name: "a.ogg", options: ["-c:a", "libvorbis"], sampleRate: 48000),
        Encoding(name: "a.opus", options: ["-c:a", "libopus"], sampleRate: 48000),
    ]

    @Test(arguments: encodings)
    func piecesEqualTheWhole(_ encoding: Encoding) throws {
        let signal = Signal.speechLike(seconds: 1.3, sampleRate: encoding.sampleRate, stereo: encoding.stereo)
        let path = try scratch.encode(signal, encoding.options, to: encoding.name)
        let whole = try AudioFile.read(path: path)
        for maximum in [1, 160, 1_000_000] {
            let reader = try AudioReader(path: path)
            var pieces: [Float] = []
            while true {
                let piece = try reader.read(maximum: maximum)
                if piece.isEmpty { break }
                #expect(piece.count == min(maximum, whole.count - pieces.count))
                pieces += piece
            }
            #expect(pieces == whole)
            #expect(try reader.read(maximum: 1).isEmpty)
        }
    }

    @Test(arguments: encodings)
    func aRangeIsAPartOfTheWhole(_ encoding: Encoding) throws {
        let signal = Signal.speechLike(seconds: 3, sampleRate: encoding.sampleRate, stereo: encoding.stereo)
        let path = try scratch.encode(signal, encoding.options, to: encoding.name)
        let whole = try AudioFile.read(path: path)
        // Only what lies before the beginning of the filter can differ.
        let tolerance: Float = encoding.sampleRate == 16000 ? 0 : 1e-4
        for (start, end) in [(0.0, 0.5), (0.7, 1.9), (1.23456, 1.5), (2.5, nil), (nil, 2.0), (0.05, 2.99), (2, 2.0001)]
            as [(Double?, Double?)]
        {
            let part = try AudioFile.read(path: path, start: start, end: end)
            let first = Int(((start ?? 0) * 16000).rounded())
            let last = end.map { Int(($0 * 16000).rounded()) } ?? whole.count
            #expect(part.count == last - first)
            #expect(difference(part, whole[first..<last]) <= tolerance, "\(start ?? 0) to \(end ?? 3)")
        }
    }

    @Test func anEndALittleBehindTheRecordingMeansIt() throws {
        let path = try scratch.encode(.speechLike(seconds: 1, sampleRate: 44100, stereo: false), [], to: "a.flac")
        let other = try scratch.encode(.speechLike(seconds: 1, sampleRate: 44100, stereo: false), ["-c:a", "flac"], to: "a.mka")
        for path in [path, other] {
            #expect(try AudioFile.read(path: path, start: 0.5, end: 1.05).count == 8000)
        }
    }

    @Test func readersSideBySide() throws {
        let signal = Signal.speechLike(seconds: 1, sampleRate: 48000, stereo: true)
        let paths = try ["a.flac", "a.mka"].map { try scratch.encode(signal, ["-c:a", "flac"], to: $0) }
        let expected = try AudioFile.read(path: paths[0])
        let results = Results<Result<[Float], any Error>>()
        DispatchQueue.concurrentPerform(iterations: 24) { index in
            results.add(Result { try AudioFile.read(path: paths[index % 2]) })
        }
        for result in results.all {
            #expect(try result.get() == expected)
        }
        #expect(results.all.count == 24)
    }

    /// 6 minutes of stereo at 48 kHz are 138 MB of Float32.
    @Test(arguments: ["long.flac", "long.mka"])
    func memoryDoesNotGrowWithTheLength(_ name: String) throws {
        try scratch.ffmpeg([
            "-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000:duration=360", "-ac", "2", "-c:a", "flac", "-compression_level",
            "0",
            scratch.file(name),
        ])
        let reader = try AudioReader(path: scratch.file(name))
        let before = residentMegabytes()
        var most = before
        var count = 0
        var last = Float.nan
        while true {
            let part = try reader.read(maximum: 160_000)
            guard let sample = part.last else { break }
            last = sample
            count += part.count
            most = max(most, residentMegabytes())
        }
        #expect(count == 360 * 16000)
        #expect(abs(last) < 1)
        #expect(before > 0)
        // The memory is that of the process, and other tests run beside this one.
        #expect(most - before < 100)
    }

    private func residentMegabytes() -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first).flatMap { Double($0) }.map { $0 / 1024 } ?? 0
    }
}
