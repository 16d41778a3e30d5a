import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungTensors
import StimmungTestSupport
import Testing

/// Changes of emotion within speech, on recordings of speakers that the built-in model has heard: whether they are found, not how well
/// emotions are recognised. `STIMMUNG_LONG=1` measures 180 pairs and 180 recordings, and prints the figures.
@Suite(.enabled(if: TestData.corpus("emodb") != nil, "needs a corpus: set STIMMUNG_DATA"))
struct ChangeTests {
    private let recogniser: Recogniser
    private let corpus: Corpus
    private let count = ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1" ? 180 : 20

    init() throws {
        recogniser = try Recogniser(Model.builtIn())
        corpus = try Corpus.open(path: #require(TestData.corpus("emodb")))
    }

    /// Samples from the first to the last frame within 40 dB of the loud ones.
    private func trimmed(_ samples: [Float]) -> [Float] {
        let energies = stride(from: 0, to: samples.count - 160, by: 160).map { start in
            samples[start..<start + 160].reduce(0) { $0 + $1 * $1 }
        }
        let loud = energies.sorted()[energies.count * 95 / 100] * 1e-4
        let first = energies.firstIndex { $0 > loud } ?? 0
        let last = energies.lastIndex { $0 > loud } ?? energies.count - 1
        return Array(samples[first * 160..<(last + 1) * 160])
    }

    private func read(_ utterance: Utterance) throws -> [Float] {
        try AudioFile.read(AudioSegment(path: utterance.file), sampleRate: 16_000, longest: 60)
    }

    /// Times at which a segment follows another without a pause.
    private func changes(_ samples: [Float]) throws -> [Double] {
        var options = SessionOptions()
        options.posteriorInterval = nil
        let session = try recogniser.session(sampleRate: 16_000, options: options)
        let segments = try (session.push(samples) + session.finish()).compactMap { event in
            if case .segment(let segment) = event { segment } else { nil }
        }
        return zip(segments, segments.dropFirst()).filter { $0.end == $1.start }.map { $1.start }
    }

    /// A recording is cut when a stretch is complete, with the segments of a live session.
    @Test(arguments: [8, 12, 25, 40], [nil, 0.5, 3])
    func recordingsAndLiveSessionsHaveTheSameSegments(seconds: Int, window: Double?) throws {
        var random = RandomSource(seed: UInt64(seconds))
        var samples: [Float] = []
        while samples.count < seconds * 16_000 {
            samples += try trimmed(read(corpus.utterances[random.index(below: corpus.utterances.count)]))
        }
        let folder = try TemporaryFolder()
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: folder.file("a.wav"))
        samples = try AudioFile.read(AudioSegment(path: folder.file("a.wav")), sampleRate: 16_000, longest: 60)
        for joinsEqual in [true, false] {
            var options = SessionOptions()
            options.timeline = Timeline(window: window, joinsEqual: joinsEqual)
            options.posteriorInterval = nil
            for learning in [VoiceLearning.off, .gathered, .applied] {
                options.learning = learning
                let session = try recogniser.session(sampleRate: 16_000, options: options)
                var segments: [Prediction.Segment] = []
                for start in stride(from: 0, to: samples.count, by: 4000) {
                    for case .segment(let segment) in try session.push(Array(samples[start..<min(start + 4000, samples.count)])) {
                        segments.append(segment)
                    }
                }
                for case .segment(let segment) in try session.finish() { segments.append(segment) }
                #expect(segments.count > 1)
                #expect(try recogniser.predict(AudioSegment(path: folder.file("a.wav")), session: options).segments == segments)
            }
        }
    }

    @Test func aChangeBetweenTwoEmotionsIsFound() throws {
        var random = RandomSource(seed: 1)
        var found = 0
        for _ in 0..<count {
            let first = corpus.utterances[random.index(below: corpus.utterances.count)]
            let others = corpus.utterances.filter { $0.speaker == first.speaker && $0.emotion != first.emotion }
            let before = try trimmed(read(first))
            let after = try trimmed(read(others[random.index(below: others.count)]))
            let change = Double(before.count) / 16_000
            if try changes(before + after).contains(where: { abs($0 - change) <= 0.5 }) { found += 1 }
        }
        print("changes found within 0.5 s: \(found) of \(count)")
        #expect(Double(found) >= 0.6 * Double(count), "\(found) of \(count)")
    }

    @Test func aSingleRecordingHasNoChange() throws {
        var random = RandomSource(seed: 2)
        let spurious = try (0..<count).reduce(0) { sum, _ in
            try sum + changes(read(corpus.utterances[random.index(below: corpus.utterances.count)])).count
        }
        print("changes in single recordings: \(spurious) in \(count)")
        #expect(spurious <= max(2, count / 20), "\(spurious) in \(count)")
    }
}
