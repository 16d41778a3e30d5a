import Foundation
import StimmungAudio
import StimmungSupport
import StimmungTensors
import Synchronization

/// A corpus of emotional speech that needs no download: espeak-ng's formant synthesiser under published rules of emotional prosody.
///
///     let corpus = try SyntheticCorpus().synthesise(into: "demo/corpus", workers: Workers(threads: 2))
///     corpus.utterances.count     // 12 voices × 10 sentences × 7 emotions = 840
///
/// It is for demonstrations and tests: what a model learns here is how these rules sound, not how people do. The words carry no
/// emotion. The same seed gives the same bytes with the same release of espeak-ng, whatever the number of threads; an utterance
/// does not change when others are left out.
package struct SyntheticCorpus: Sendable {
    /// Sentences of everyday content, as EmoDB has them.
    package static let sentences = [
        "The parcel for the neighbours is standing in the hall.",
        "He is going to bring the ladder back on Monday evening.",
        "The train from the coast arrives at a quarter past seven.",
        "She put the keys on the shelf beside the kitchen door.",
        "We are painting the fence at the end of the garden.",
        "The meeting has been moved to the room upstairs.",
        "They have parked the car behind the library again.",
        "There are seven apples in the bowl on the table.",
        "The letter about the new windows came this morning.",
        "In the afternoon we walk along the river to the bridge.",
    ]
    /// Rate of the recordings, in Hz.
    package static let sampleRate = 16_000
    /// A third of the voices, two women and two men of four accents, that demonstrations keep for the test.
    package static let testSpeakers = ["clara", "frank", "iris", "liam"]

    package let voices: [SyntheticVoice]
    /// The number of `sentences` that are spoken, from the first.
    package let sentenceCount: Int
    package let emotions: [Emotion]
    package let seed: UInt64

    /// Where to look for espeak-ng, as PATH lists folders.
    package var searchPath = ProgramSearch.standardPath
    /// Stops the synthesis from another thread; `synthesise` then throws `Cancelled`.
    package var cancellation = Cancellation()

    /// - Throws: `invalidOption` where a number is out of range or an emotion has no rules.
    package init(
        voices: Int = SyntheticVoice.all.count, sentences: Int = SyntheticCorpus.sentences.count,
        emotions: [Emotion] = EmotionProsody.all.map(\.emotion), seed: UInt64 = 1
    ) throws(CorpusError) {
        func check(_ value: Int, _ option: String, _ limit: Int) throws(CorpusError) {
            if value < 1 || value > limit {
                throw .invalidOption(option: option, value: String(value), reason: "it must be between 1 and \(limit)")
            }
        }
        try check(voices, "voices", SyntheticVoice.all.count)
        try check(sentences, "sentences", SyntheticCorpus.sentences.count)
        let known = EmotionProsody.all.map(\.emotion)
        for emotion in emotions where !known.contains(emotion) {
            throw .invalidOption(
                option: "emotions", value: emotion.rawValue, reason: "there are rules for \(known.map(\.rawValue).joined(separator: ", "))")
        }
        if emotions.isEmpty { throw .emptyClassList }
        self.voices = Array(SyntheticVoice.all.prefix(voices))
        self.sentenceCount = sentences
        self.emotions = known.filter(emotions.contains)
        self.seed = seed
    }

    /// Speaks the corpus into a new folder: `wav/*.wav` (16 kHz, mono, 16 bits) and `manifest.csv`.
    ///
    /// Everything is written into a folder beside and renamed at the end, so `folder` is complete or not there. A
    /// cancellation kills the running children and removes what was written.
    ///
    /// - Parameters:
    ///   - folder: must not exist, or be empty.
    ///   - workers: one child per thread.
    ///   - progress: called with the number of utterances done, in rising order, from any thread.
    /// - Returns: the corpus as it is read back from its manifest.
    /// - Throws: `CorpusError.synthesiserMissing`, `.synthesiserFailed`, `.folderNotEmpty` or `.cannotWrite`, and `Cancelled`
    @discardableResult
    package func synthesise(
        into folder: String, workers: Workers = Workers(), progress: @Sendable (WorkProgress) -> Void = { _ in }
    ) throws -> Corpus {
        let target = absolutePath(folder)
        if Files.exists(target) {
            guard let content = try? Files.names(in: target), content.isEmpty else { throw CorpusError.folderNotEmpty(folder) }
        }
        let synthesiser = try EspeakNG(searchPath: searchPath, cancellation: cancellation)
        let partial = joined(StimmungSupport.folder(of: target), "\(AtomicFile.temporaryPrefix)\(UUID().uuidString)")
        do {
            for name in ["wav", "work"] { try Files.makeFolder(joined(partial, name)) }
        } catch {
            throw CorpusError.cannotWrite(path: folder, reason: reason(of: error))
        }
        do {
            try speakAll(with: synthesiser, into: partial, workers: workers, progress: progress)
            try finish(partial, as: target)
        } catch {
            Files.removeTree(partial)
            try cancellation.check()
            // Name the file as it would have been called, not its place in the folder that is gone again.
            if case CorpusError.cannotWrite(let path, let reason) = error {
                throw CorpusError.cannotWrite(path: path.replacing(partial, with: folder), reason: reason)
            }
            throw error
        }
        return try Manifest.read(path: joined(folder, Manifest.standardName))
    }

    /// All utterances in the order voice, sentence, emotion, each with its own random variation.
    func utterances() -> [SyntheticUtterance] {
        let seeds = RandomSource(seed: seed)
        return voices.enumerated().flatMap { voiceNumber, voice in
            (0..<sentenceCount).flatMap { sentence in
                EmotionProsody.all.enumerated().filter { emotions.contains($1.emotion) }.map { emotionNumber, prosody in
                    var random = seeds.stream(voiceNumber, sentence, emotionNumber)
                    return SyntheticUtterance(
                        voice: voice, sentence: sentence + 1, text: SyntheticCorpus.sentences[sentence], prosody: prosody, random: &random)
                }
            }
        }
    }

    private func speakAll(
        with synthesiser: EspeakNG, into folder: String, workers: Workers, progress: @Sendable (WorkProgress) -> Void
    ) throws {
        let utterances = utterances()
        let work = joined(folder, "work")
        let done = Mutex(0)
        let list = try workers.map(utterances.count) { number -> Utterance in
            try cancellation.check()
            let utterance = utterances[number]
            let name = "u\(number)"
            try synthesiser.speak(utterance, folder: work, name: name)
            try SyntheticCorpus.finish(joined(work, name + ".wav"), of: utterance, in: joined(folder, "wav"))
            done.withLock { done in
                done += 1
                progress(WorkProgress(.init("speech"), done, of: utterances.count))
            }
            return Utterance(
                file: joined(folder, "wav/" + utterance.fileName), speaker: utterance.voice.name, gender: utterance.voice.gender,
                emotion: utterance.emotion.rawValue, text: utterance.text)
        }
        try cancellation.check()
        try Manifest.write(Corpus(name: "synthetic", root: folder, utterances: list), to: joined(folder, Manifest.standardName))
    }

    /// Brings what espeak-ng wrote to the corpus's rate and the utterance's level, and removes it.
    private static func finish(_ source: String, of utterance: SyntheticUtterance, in folder: String) throws(CorpusError) {
        let target = joined(folder, utterance.fileName)
        var samples: [Float]
        do throws(AudioError) {
            samples = try AudioFile.read(path: source, sampleRate: sampleRate)
        } catch {
            throw .synthesiserFailed(file: utterance.fileName, reason: "what it wrote cannot be read (\(error))")
        }
        let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))
        guard samples.count > sampleRate / 4, power > 0 else {
            throw .synthesiserFailed(file: utterance.fileName, reason: "it wrote \(samples.count) samples of silence")
        }
        let peak = Double(samples.reduce(0) { max($0, abs($1)) })
        let wanted = pow(10, utterance.level / 20) / power.squareRoot()
        // Levels are chosen so that this limit stays unused; were it ever reached, a softer recording is better than a clipped one.
        let gain = Float(min(wanted, 0.98 / peak))
        // Uniform in ±√3 σ has the deviation σ.
        let reach = Float(pow(10, SyntheticUtterance.noiseLevel / 20) * 3.squareRoot())
        var noise = utterance.noise
        for index in samples.indices { samples[index] = samples[index] * gain + noise.uniform(in: -reach..<reach) }
        do throws(AudioError) {
            // The folder gets its name only when all are there, and a damaged corpus is made again.
            try AudioFile.writeWAV(samples, sampleRate: sampleRate, to: target, waitsForDisk: false)
        } catch {
            if case .notWritable(_, let reason) = error { throw .cannotWrite(path: target, reason: reason) }
            throw .cannotWrite(path: target, reason: "\(error)")
        }
        for end in ["wav", "voice"] { Files.remove(joined(StimmungSupport.folder(of: source), "\(stem(of: source)).\(end)")) }
    }

    private func finish(_ partial: String, as target: String) throws(CorpusError) {
        Files.removeTree(joined(partial, "work"))
        // rename(2) replaces an empty folder and no other, so a folder that was filled meanwhile stays as it is.
        guard partial.withPath({ from in target.withPath { rename(from, $0) } }) == 0 else {
            throw .cannotWrite(path: target, reason: systemWords())
        }
    }
}
