import Foundation
import StimmungAudio
import StimmungSpeech
import StimmungTensors
import StimmungTestSupport
import Testing

/// The share of the frames within 30 dB of the loudest one that lie in speech.
private func coverage(_ samples: [Float], _ segments: [SpeechSegment]) -> Double {
    let energies = stride(from: 0, through: samples.count - 400, by: 160).map { start in
        samples[start..<start + 400].reduce(0) { $0 + Double($1) * Double($1) }
    }
    let least = (energies.max() ?? 0) / 1000
    let loud = energies.indices.filter { energies[$0] > least }
    let covered = loud.count { frame in
        let middle = 0.01 * Double(frame) + 0.0125
        return segments.contains { $0.start <= middle && middle < $0.end }
    }
    return Double(covered) / Double(loud.count)
}

@Suite(.enabled(if: !TestData.emodb.isEmpty, "needs EmoDB: set STIMMUNG_DATA"))
struct SpeechDetectorTests {
    private let model: SpeechModel
    /// One recording of each of ten parts of EmoDB with pauses of a second around them.
    private let samples: [Float]

    init() throws {
        model = try SpeechModel.builtIn()
        let pause = [Float](repeating: 0, count: 16_000)
        samples = try pause + TestData.emodb.prefix(4).flatMap { try AudioFile.read(path: $0.path) + pause }
    }

    private func segments(_ samples: [Float], _ options: SpeechActivityOptions = SpeechActivityOptions()) throws -> [SpeechSegment] {
        var detector = try SpeechDetector(model, options: options)
        return try detector.segments(of: samples)
    }

    @Test("a file gives what its samples give, and events what segments give")
    func ways() throws {
        let folder = try TemporaryFolder()
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: folder.file("a.wav"))
        let whole = try segments(AudioFile.read(path: folder.file("a.wav")))
        #expect(whole.count >= 4)
        #expect(try SpeechDetector.segments(of: AudioSegment(path: folder.file("a.wav"))) == whole)
        var detector = try SpeechDetector(model)
        var events: [SpeechEvent] = []
        var random = RandomSource(seed: 2)
        var start = 0
        let read = try AudioFile.read(path: folder.file("a.wav"))
        while start < read.count {
            let end = min(read.count, start + 1 + random.index(below: 4000))
            events += try detector.push(Array(read[start..<end]))
            start = end
        }
        events += detector.finish()
        #expect(events == whole.flatMap { [.speechStarted(time: $0.start), .speechEnded(time: $0.end)] })
    }

    /// At −40 dB, the recordings' own noise comes near the floor of the mel bands.
    @Test(
        "gains of 40 dB move no boundary by more than 30 ms, 100 ms at −40 dB",
        arguments: [(Float(0.01), 0.1), (0.1, 0.03), (10, 0.03), (100, 0.03)])
    func gain(factor: Float, tolerance: Double) throws {
        let plain = try segments(samples)
        let changed = try segments(samples.map { factor * $0 })
        #expect(changed.count == plain.count)
        for (one, other) in zip(plain, changed) {
            #expect(abs(one.start - other.start) <= tolerance && abs(one.end - other.end) <= tolerance)
        }
    }

    @Test("DC and rumble move no boundary by more than 50 ms", arguments: [(0.1, 0.0, 0.0), (0.0, 0.02, 10), (0.0, 0.02, 30)])
    func rumble(offset: Double, amplitude: Double, frequency: Double) throws {
        let plain = try segments(samples)
        let changed = try segments(
            samples.enumerated().map { $1 + Float(offset + amplitude * sin(2 * Double.pi * frequency * Double($0) / 16_000)) })
        #expect(changed.count == plain.count)
        for (one, other) in zip(plain, changed) {
            #expect(abs(one.start - other.start) <= 0.05 && abs(one.end - other.end) <= 0.05)
        }
    }
}

/// RAVDESS was not trained on; RESD was. `STIMMUNG_LONG=1` measures all recordings, and prints the figures.
struct CoverageTests {
    @Test(
        "speech covers 70 % of the loud frames in 98 % of recordings",
        .enabled(if: TestData.folder != nil, "needs corpora: set STIMMUNG_DATA"), arguments: ["ravdess", "resd"])
    func coverages(corpus: String) throws {
        guard let folder = TestData.corpus(corpus) else { return }
        // All recordings in the long tests; otherwise every sixteenth, of which a few more may be low by chance.
        let (step, allowed) = ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1" ? (1, 0.02) : (16, 0.05)
        let all = try AudioFile.list(folder: folder).files
        let files = stride(from: 0, to: all.count, by: step).map { all[$0] }
        var detector = try SpeechDetector(SpeechModel.builtIn())
        let low = try files.filter { path in
            let samples = try AudioFile.read(path: path)
            return try coverage(samples, detector.segments(of: samples)) < 0.7
        }
        if step == 1 { print("\(corpus): speech covers less than 70 % in \(low.count) of \(files.count) recordings") }
        #expect(Double(low.count) <= allowed * Double(files.count), "\(low.count) of \(files.count): \(low.prefix(5))")
    }
}
