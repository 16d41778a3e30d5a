import Foundation
import StimmungAudio
import StimmungSpeech
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Testing

/// Ten minutes of EmoDB's recordings with pauses of 0.6 to 2 s, of speakers that the built-in model was not trained on.
///
/// The truth is each recording trimmed 40 dB below its loud frames. It has no boundary at a pause within a recording, so the speakers held
/// out are those of EmoDB who pause least within theirs (`Sources/Speech/README.md`).
private struct Dialogue {
    static let speakers = ["09", "10", "13", "15"]

    var samples: [Float] = []
    var truth: [SpeechSegment] = []
    private var random = RandomSource(seed: 19)

    /// - Parameter folder: of EmoDB's recordings.
    init(_ folder: String) throws {
        let all = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let files = all.filter { name in Self.speakers.contains { name.hasPrefix($0) } && name.hasSuffix(".wav") }
        pause()
        for place in random.permutation(files.count) where samples.count < 600 * 16_000 {
            let recording = try AudioFile.read(path: "\(folder)/\(files[place])")
            let trimmed = try #require(SpeechTruth(recording).trimmed)
            let start = Double(samples.count) / 16_000
            truth.append(SpeechSegment(start: start + 0.01 * Double(trimmed.lowerBound), end: start + 0.01 * Double(trimmed.upperBound)))
            samples += recording
            pause()
        }
    }

    private mutating func pause() {
        samples += [Float](repeating: 0, count: Int(random.uniform(in: 0.6..<2) * 16_000))
    }

    func with(_ condition: Condition) throws -> [Float] {
        guard let decibels = condition.decibels else { return samples }
        return try Alteration.noise(decibels: decibels, colour: condition.colour).apply(to: samples, sampleRate: 16_000, seed: 4)
    }
}

struct Condition: Sendable, CustomStringConvertible {
    var colour = NoiseColour.white
    var decibels: Double?
    /// Least recall and precision.
    let least: Double

    var description: String { decibels.map { "\(colour) noise at \(Int($0)) dB" } ?? "clean" }
}

/// Shares of the true boundaries found, and of the found ones that are true; each counts once, starts and ends apart.
private func agreement(_ found: [SpeechSegment], _ truth: [SpeechSegment], within tolerance: Double = 0.25) -> (
    recall: Double, precision: Double
) {
    func matches(_ found: [Double], _ truth: [Double]) -> Int {
        var free = found
        return truth.count { time in
            guard let nearest = free.indices.min(by: { abs(free[$0] - time) < abs(free[$1] - time) }) else { return false }
            guard abs(free[nearest] - time) <= tolerance else { return false }
            free.remove(at: nearest)
            return true
        }
    }
    let right = Double(matches(found.map(\.start), truth.map(\.start)) + matches(found.map(\.end), truth.map(\.end)))
    return (right / Double(2 * truth.count), right / Double(max(1, 2 * found.count)))
}

@Suite(.enabled(if: TestData.corpus("emodb/wav") != nil, "needs EmoDB: set STIMMUNG_DATA"))
struct BoundaryTests {
    private let dialogue: Dialogue

    init() throws { dialogue = try Dialogue(#require(TestData.corpus("emodb/wav"))) }

    static let conditions: [Condition] = [
        Condition(least: 0.95), Condition(decibels: 20, least: 0.93), Condition(colour: .pink, decibels: 20, least: 0.93),
        Condition(decibels: 10, least: 0.85), Condition(colour: .pink, decibels: 10, least: 0.85),
    ]

    @Test("boundaries of unseen speakers within 0.25 s", arguments: BoundaryTests.conditions)
    func boundaries(condition: Condition) throws {
        var detector = try SpeechDetector(SpeechModel.builtIn())
        let ours = agreement(try detector.segments(of: dialogue.with(condition)), dialogue.truth)
        #expect(ours.recall >= condition.least && ours.precision >= condition.least, "\(condition): \(ours)")
    }

    /// Prints both, and requires no more than that the referee agrees that this is speech: its figures are not ours to assert.
    @Test(
        "the referee, Silero VAD, on the same recording",
        .enabled(if: Silero.shared != nil, "needs a Python with onnxruntime and pipecat-ai: set STIMMUNG_PYTHON"))
    func referee() throws {
        let silero = try #require(Silero.shared)
        for condition in Self.conditions {
            let samples = try dialogue.with(condition)
            var detector = try SpeechDetector(SpeechModel.builtIn())
            let ours = agreement(try detector.segments(of: samples), dialogue.truth)
            let theirs = agreement(try silero.segments(of: samples), dialogue.truth)
            print("\(condition): recall and precision \(percent(ours)), Silero \(percent(theirs))")
            #expect(theirs.recall > 0.8, "\(condition)")
        }
    }

    private func percent(_ value: (recall: Double, precision: Double)) -> String {
        String(format: "%.1f and %.1f %%", 100 * value.recall, 100 * value.precision)
    }
}

/// Silero VAD, run by `reference/silero.py`.
struct Silero {
    private let python: Python

    private static let script =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("reference/silero.py").path

    /// Nil if the script does not find what it needs.
    static let shared: Silero? = {
        guard let python = Python(importing: "numpy, onnxruntime"), (try? python.run([script])) != nil else { return nil }
        return Silero(python: python)
    }()

    func segments(of samples: [Float]) throws -> [SpeechSegment] {
        let folder = try TemporaryFolder()
        let peak = samples.reduce(1) { max($0, abs($1)) }
        try AudioFile.writeWAV(samples.map { $0 / peak }, sampleRate: 16_000, to: folder.file("speech.wav"))
        let output = try python.run([Self.script, folder.file("speech.wav")])
        return try JSONDecoder().decode([[Double]].self, from: Data(output.utf8)).map { SpeechSegment(start: $0[0], end: $0[1]) }
    }
}
