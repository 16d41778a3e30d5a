import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungTensors

/// A synthesised recording with known speech.
package struct SpeechScene: Sendable {
    /// At 16 kHz.
    package var samples: [Float]
    /// For each window of 25 ms every 10 ms, whether it is speech.
    package var isSpeech: [Bool]
}

/// Puts scenes together: recordings with pauses, in a room or over a telephone line, with noise and music, at any level.
///
/// Babble of six or more voices is noise: no one in it can be understood.
package struct SceneSynthesis: Sendable {
    package let recipe: SpeechRecipe.Scenes
    /// The recordings of each corpus; corpora are drawn equally often.
    let corpora: [[Utterance]]

    private static let sampleRate = 16000
    private static let hop = 160
    /// The level of active speech in a scene before its gain.
    private static let level: Float = 0.05
    /// Frames: pauses within a recording of up to 0.2 s count as speech.
    private static let bridge = 20
    /// Seconds of a recording that are used at most.
    private static let longest = 8.0

    package init(_ recipe: SpeechRecipe.Scenes, corpora: [[Utterance]]) {
        self.recipe = recipe
        self.corpora = corpora
    }

    /// The scene of these random numbers.
    ///
    /// - Throws: `AudioError` if a recording cannot be read.
    package func scene(_ random: RandomSource) throws(AudioError) -> SpeechScene {
        var random = random
        let seconds = random.logarithmic(in: recipe.seconds[0]..<recipe.seconds[1].nextUp)
        let count = Int(seconds * Double(Self.sampleRate))
        let hasSpeech = random.chance(recipe.speech)
        var scene = hasSpeech ? try speech(count, &random) : silence(count)
        if random.chance(hasSpeech ? 0.8 : 0.97) {
            let ratio = random.chance(0.12) ? random.uniform(in: 30..<60) : random.uniform(in: recipe.ratio[0]..<recipe.ratio[1].nextUp)
            // Without speech the noise is as loud as anything, or a quiet one begins and ends as digital silence does.
            let noise = try background(count, &random)
            scene.samples.add(noise, times: Self.level * pow(10, -(hasSpeech ? ratio : 0) / 20))
        }
        try transmit(&scene.samples, &random)
        return scene
    }

    private func silence(_ count: Int) -> SpeechScene {
        let frames = count < 400 ? 0 : (count - 400) / Self.hop + 1
        return SpeechScene(samples: [Float](repeating: 0, count: count), isSpeech: [Bool](repeating: false, count: frames))
    }

    // MARK: Speech

    private func utterance(_ random: inout RandomSource) throws(AudioError) -> [Float] {
        let corpus = corpora[random.index(below: corpora.count)]
        let samples = try AudioFile.read(corpus[random.index(below: corpus.count)].segment, sampleRate: Self.sampleRate)
        let longest = Int(Self.longest * Double(Self.sampleRate))
        guard samples.count > longest else { return samples }
        let start = random.index(below: samples.count - longest)
        return Array(samples[start..<start + longest])
    }

    private func speech(_ count: Int, _ random: inout RandomSource) throws(AudioError) -> SpeechScene {
        var scene = silence(count)
        let room = random.chance(0.3) ? Double(random.uniform(in: 0.1..<0.7)) : nil
        let isClose = random.chance(0.2)
        var at = random.chance(0.15) ? 0 : Int(random.logarithmic(in: 0.1..<3) * Double(Self.sampleRate))
        while at < count {
            let dry = try utterance(&random)
            let level = Float(activeLevel(of: dry, sampleRate: Self.sampleRate))
            guard level > 0 else { continue }
            // Some recordings have rumble as loud as soft speech.
            var audible = dry
            var highPass = HighPass(cutoff: 100, sampleRate: Self.sampleRate)
            highPass.process(&audible)
            for (frame, isSpeech) in SpeechTruth(audible).frames(bridging: Self.bridge).enumerated() where isSpeech {
                let own = (at + frame * Self.hop) / Self.hop
                if own < scene.isSpeech.count { scene.isSpeech[own] = true }
            }
            let factor = Self.level / level * pow(10, random.uniform(in: -6..<6) / 20)
            var heard = dry
            if let room {
                // The tail goes on after the recording.
                heard += [Float](repeating: 0, count: Int(room * Double(Self.sampleRate)))
                heard = try Alteration.room(seconds: room).apply(to: heard, sampleRate: Double(Self.sampleRate), seed: random.next())
            }
            scene.samples.add(heard, at: at, times: factor)
            at += dry.count + Int((isClose ? 0.1 : 1) * random.logarithmic(in: 0.3..<4) * Double(Self.sampleRate))
        }
        if random.chance(0.4) { scene.samples.equalise(random.integer(in: 1...3), decibels: 10, sampleRate: Self.sampleRate, &random) }
        return scene
    }

    // MARK: Noise

    /// One or two sounds with a level of 1 while they last, which may begin and end anywhere.
    private func background(_ count: Int, _ random: inout RandomSource) throws(AudioError) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        for _ in 0..<(random.chance(0.3) ? 2 : 1) {
            var sound = random.chance(0.08) ? try babble(count, &random) : other(count, &random)
            let level = sound.rootMeanSquare
            guard level > 0 else { continue }
            if random.chance(0.35) { interrupt(&sound, &random) }
            result.add(sound, times: 1 / level)
        }
        return result
    }

    /// Steady noise is the most common sound, and plucked strings are the hardest to tell from speech.
    private func other(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let drawn = NonSpeech.allCases[random.index(below: NonSpeech.allCases.count)]
        let kind: NonSpeech = random.chance(0.25) ? .steadyNoise : random.chance(0.12) ? .plucked : drawn
        return kind.sound(count, sampleRate: Self.sampleRate, &random)
    }

    private func babble(_ count: Int, _ random: inout RandomSource) throws(AudioError) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        for _ in 0..<random.integer(in: 6...9) {
            var at = -random.index(below: 2 * Self.sampleRate)
            while at < count {
                let voice = try utterance(&random)
                sound.add(voice, at: at, times: 1 / max(voice.rootMeanSquare, 1e-6))
                at += max(voice.count, 1)
            }
        }
        return sound
    }

    /// Silences parts of 0.2 to 4 s.
    private func interrupt(_ sound: inout [Float], _ random: inout RandomSource) {
        var at = 0
        var isSilent = random.chance(0.5)
        while at < sound.count {
            let end = min(sound.count, at + Int(random.logarithmic(in: 0.2..<4) * Double(Self.sampleRate)))
            if isSilent { for index in at..<end { sound[index] = 0 } }
            isSilent.toggle()
            at = end
        }
    }

    // MARK: Transmission

    private func transmit(_ samples: inout [Float], _ random: inout RandomSource) throws(AudioError) {
        if random.chance(0.1) {
            let heard = try Alteration.telephone.apply(to: samples, sampleRate: Double(Self.sampleRate), seed: 0)
            samples = heard
        }
        let gain = pow(10, random.uniform(in: recipe.gain[0]..<recipe.gain[1].nextUp) / 20)
        let offset = random.chance(0.1) ? random.uniform(in: -0.1..<0.1) : 0
        let rounds = random.chance(0.5)
        for index in samples.indices {
            var sample = gain * samples[index] + offset
            if rounds { sample = (max(-1, min(1, sample)) * 32767).rounded() / 32767 }
            samples[index] = sample
        }
    }
}
