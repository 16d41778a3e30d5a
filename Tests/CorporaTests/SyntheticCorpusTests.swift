import Dispatch
import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import Testing

@Suite(.serialized, .enabled(if: isInstalled("espeak-ng"), "espeak-ng is not installed: apt-get install espeak-ng"))
struct SyntheticCorpusTests {
    func files(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.contains(".") }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: folder + "/" + $0) ?? Data()) })
    }

    @Test func sameSeedSameBytesWhateverTheThreads() throws {
        let folder = try TemporaryFolder()
        let small = try SyntheticCorpus(voices: 2, sentences: 1, seed: 7)
        try small.synthesise(into: folder.path + "/one", workers: Workers(threads: 1))
        try small.synthesise(into: folder.path + "/two", workers: Workers(threads: 2))
        let one = try files(folder.path + "/one")
        #expect(one.count == 15)
        #expect(try files(folder.path + "/two") == one)
        // Leaving others out does not change an utterance; another seed does.
        try SyntheticCorpus(voices: 1, sentences: 1, emotions: [.anger], seed: 7).synthesise(
            into: folder.path + "/less", workers: Workers(threads: 1))
        #expect(try files(folder.path + "/less")["wav/anna-s01-anger.wav"] == one["wav/anna-s01-anger.wav"])
        try SyntheticCorpus(voices: 1, sentences: 1, emotions: [.anger], seed: 8).synthesise(
            into: folder.path + "/other", workers: Workers(threads: 1))
        #expect(try files(folder.path + "/other")["wav/anna-s01-anger.wav"] != one["wav/anna-s01-anger.wav"])
        #expect(folder.names == ["less", "one", "other", "two"])
    }

    @Test func rulesAreAudible() throws {
        let folder = try TemporaryFolder()
        let progress = Progress()
        let corpus = try SyntheticCorpus(voices: 4, sentences: 3, seed: 2)
            .synthesise(into: folder.path + "/c", workers: Workers(threads: 2)) { progress.note($0.completed, $0.total) }
        #expect(progress.steps == Array(1...84))
        #expect(corpus.utterances.count == 84)
        #expect(corpus.speakers == ["anna", "ben", "clara", "david"])
        #expect(corpus.summary.genders.map(\.utterances) == [42, 42])
        #expect(corpus.utterances.allSatisfy { $0.text != nil })

        var level: [String: Double] = [:]
        var duration: [String: Double] = [:]
        var brightness: [String: Double] = [:]
        for utterance in corpus.utterances {
            let samples = try AudioFile.read(path: utterance.file, sampleRate: 16_000, start: nil, end: nil)
            let peak = samples.map(abs).max() ?? 0
            #expect(peak < 0.985, "\(utterance.file) clips")
            let power = samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)
            let steps = zip(samples.dropFirst(), samples).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / Double(samples.count)
            level[utterance.emotion, default: 0] += 10 * log10(power) / 12
            duration[utterance.emotion, default: 0] += Double(samples.count) / 16_000 / 12
            brightness[utterance.emotion, default: 0] += steps / power / 12
        }
        func value(_ table: [String: Double], _ emotion: Emotion) -> Double { table[emotion.rawValue] ?? .nan }
        #expect(value(level, .anger) > value(level, .neutral) + 3)
        #expect(value(level, .neutral) > value(level, .sadness) + 3)
        #expect(value(duration, .boredom) > 1.2 * value(duration, .neutral))
        #expect(value(duration, .sadness) > 1.1 * value(duration, .neutral))
        #expect(value(duration, .fear) < 0.9 * value(duration, .neutral))
        #expect(value(duration, .anger) < 0.95 * value(duration, .neutral))
        #expect(value(brightness, .anger) > value(brightness, .neutral))
        #expect(value(brightness, .neutral) > value(brightness, .sadness))
    }

    @Test func pitchFollowsTheRules() throws {
        let folder = try TemporaryFolder()
        let corpus = try SyntheticCorpus(voices: 2, sentences: 2, emotions: [.neutral, .fear, .happiness, .disgust], seed: 3)
            .synthesise(into: folder.path + "/c", workers: Workers(threads: 2))
        for speaker in corpus.speakers {
            var pitch: [String: Double] = [:]
            for utterance in corpus.utterances where utterance.speaker == speaker {
                pitch[utterance.emotion, default: 0] += try medianPitch(utterance.file) / 2
            }
            #expect(pitch["fear"]! > 1.3 * pitch["neutral"]!)
            #expect(pitch["happiness"]! > 1.15 * pitch["neutral"]!)
            #expect(pitch["disgust"]! < 0.95 * pitch["neutral"]!)
        }
    }

    @Test func missingSynthesiser() throws {
        let folder = try TemporaryFolder()
        var synthetic = try SyntheticCorpus(voices: 1, sentences: 1)
        synthetic.searchPath = folder.path
        #expect(throws: CorpusError.synthesiserMissing) { try synthetic.synthesise(into: folder.path + "/c", workers: Workers(threads: 1)) }
        #expect(CorpusError.synthesiserMissing.description.contains("apt-get install espeak-ng"))
        #expect(folder.content.isEmpty)
    }

    @Test func failingSynthesiserLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let programs = try TemporaryFolder()
        var synthetic = try SyntheticCorpus(voices: 1, sentences: 1)
        synthetic.searchPath = try programs.fakeProgram("espeak-ng", "[ \"$1\" = --help ] && exit 0\necho out of voice >&2\nexit 3")
        #expect(
            throws: CorpusError.synthesiserFailed(file: "anna-s01-anger.wav", reason: "it ended with status 3 (out of voice)")
        ) { try synthetic.synthesise(into: folder.path + "/c", workers: Workers(threads: 1)) }
        #expect(folder.content.isEmpty)
    }

    @Test func cancellingEndsSoonAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let programs = try TemporaryFolder()
        var synthetic = try SyntheticCorpus(voices: 1, sentences: 1)
        synthetic.searchPath = try programs.fakeProgram("espeak-ng", "[ \"$1\" = --help ] && exit 0\nexec sleep 15")
        let cancellation = synthetic.cancellation
        let begin = ContinuousClock.now
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(300)) { cancellation.cancel() }
        #expect(throws: Cancelled()) { try synthetic.synthesise(into: folder.path + "/c", workers: Workers(threads: 2)) }
        #expect(ContinuousClock.now - begin < .seconds(5))
        #expect(folder.content.isEmpty)
    }

    @Test func whereItWillNotWrite() throws {
        let folder = try TemporaryFolder()
        try folder.write("full/note.txt", "mine")
        let one = try SyntheticCorpus(voices: 1, sentences: 1, emotions: [.neutral])
        #expect(throws: CorpusError.folderNotEmpty(folder.path + "/full")) {
            try one.synthesise(into: folder.path + "/full", workers: Workers(threads: 1))
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
        try one.synthesise(into: folder.path + "/empty", workers: Workers(threads: 1))
        #expect(try files(folder.path + "/empty").keys.sorted() == ["manifest.csv", "wav/anna-s01-neutral.wav"])
        #expect(throws: CorpusError.self) { try SyntheticCorpus(voices: 13) }
        #expect(throws: CorpusError.self) { try SyntheticCorpus(sentences: 0) }
        #expect(throws: CorpusError.self) { try SyntheticCorpus(emotions: [.pride]) }
    }

    @Test func testSpeakersAreBalancedVoices() {
        let test = SyntheticVoice.all.filter { SyntheticCorpus.testSpeakers.contains($0.name) }
        #expect(test.count == 4)
        #expect(test.count { $0.gender == .female } == 2)
        #expect(SyntheticVoice.all.count { $0.gender == .female } * 2 == SyntheticVoice.all.count)
        #expect(Set(SyntheticVoice.all.map(\.name)).count >= 12)
    }
}

/// Steps in the order in which they were told.
private final class Progress: @unchecked Sendable {
    private let lock = NSLock()
    private var told: [Int] = []

    func note(_ done: Int, _ all: Int) { lock.withLock { told.append(done) } }
    var steps: [Int] { lock.withLock { told } }
}

/// Median over voiced frames of the lag with the highest normalised autocorrelation, in Hz.
private func medianPitch(_ file: String) throws -> Double {
    let samples = try AudioFile.read(path: file, sampleRate: 16_000, start: nil, end: nil)
    var found: [Double] = []
    for begin in stride(from: 0, to: samples.count - 1200, by: 800) {
        let frame = samples[begin..<begin + 1200]
        let energy = frame.reduce(0) { $0 + $1 * $1 }
        if energy < 0.0005 * 1200 { continue }
        var correlations = [Float](repeating: 0, count: 300)
        for lag in 30..<300 {
            var product: Float = 0
            for index in begin..<begin + 900 { product += samples[index] * samples[index + lag] }
            correlations[lag] = product
        }
        guard let best = correlations.max(), best > 0.3 * energy else { continue }
        // The first peak nearly as high as the highest: later ones are its multiples.
        if let lag = (31..<299).first(where: {
            correlations[$0] > 0.85 * best && correlations[$0] >= correlations[$0 - 1] && correlations[$0] >= correlations[$0 + 1]
        }) {
            found.append(16_000 / Double(lag))
        }
    }
    return found.isEmpty ? .nan : found.sorted()[found.count / 2]
}
