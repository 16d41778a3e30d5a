import StimmungTensors

/// A change of a recording, as another room, line or speaker would have made it, or a part of it: to train on more than was recorded, and
/// to see what a model bears.
///
///     let heard = try Alteration.noise(decibels: 10, colour: .pink).apply(to: samples, sampleRate: 16000, seed: 7)
///     let called = try [Alteration]("room=0.4+telephone+noise=20").apply(to: samples, sampleRate: 16000, seed: 7)
///
/// One channel goes in and one comes out, at the same sampling rate. The length stays, sample for sample, but for `speed` and `part`.
/// What is random hangs on the seed alone: the same samples and seed give the same bits, on any thread. Give every recording
/// a seed of its own, or all of them get the same noise and the same room.
///
/// Samples are Float and are not held to −1 … 1: what an alteration makes louder than full scale stays whole, until it is written
/// to a file of 16 bits. Only `telephone` and `codec` go through something that has a full scale.
package enum Alteration: Sendable, Hashable {
    /// Plays `speed` times as fast, 0.5 … 2, by resampling: pitch and formants move by the same factor, and n samples become
    /// round(n / speed).
    case speed(Double)

    /// Raises the pitch by −12 … 12 semitones. The duration stays; formants move with the pitch, as if the speaker were smaller.
    case pitch(semitones: Double)

    /// Multiplies by 10^(decibels / 20), −60 … 60. Nothing is clipped.
    case gain(decibels: Double)

    /// Adds noise at this ratio of speech to noise, −20 … 100 dB.
    ///
    /// The level of the speech is that of its active parts (ITU-T P.56), so that pauses do not count; the level of the noise is its root
    /// mean square over the whole recording. Silence stays silence: it has no speech for a ratio.
    case noise(decibels: Double, colour: NoiseColour = .white)

    /// Puts the speaker in a room of 100 m³ with this reverberation time (RT60), 0.05 … 5 s, one metre from the microphone.
    case room(seconds: Double)

    /// Sends it through a telephone line: 300 … 3400 Hz, sampled at 8 kHz, µ-law of 8 bits, and back.
    case telephone

    /// Encodes it as MP3 of 8 … 320 kbit/s and decodes it again, by the `ffmpeg` program.
    ///
    /// MPEG knows fewer rates at low sampling rates (at most 160 kbit/s at 16 kHz): the encoder takes the nearest that there is.
    case codec(kilobits: Int)

    /// Keeps the speech between two shares of its time, 0 … 1, the second larger than the first: as of a recording that began late or was broken off.
    ///
    /// Speech lasts from the first to the last window of 25 ms that is less than 30 dB below the loud ones (the 95th percentile). At least 0.4 s are
    /// kept, around the middle of the part, where the recording is that long. Before noise is added speech is better told from pauses than after.
    case part(from: Double, to: Double)

    /// What is left of the recording.
    ///
    /// - Parameters:
    ///   - samples: one channel, finite numbers; may be empty.
    ///   - sampleRate: in Hz, 1000 … 1,000,000; taken to a whole number.
    ///   - seed: of what is random in `noise` and `room`.
    /// - Throws: `badAlteration` where a value is out of its range, `badSampleRate`; for `codec`, `codecFailed`.
    package func apply(to samples: [Float], sampleRate: Double, seed: UInt64) throws(AudioError) -> [Float] {
        try apply(to: samples, sampleRate: sampleRate, seed: seed, ffmpeg: nil)
    }

    package func apply(to samples: [Float], sampleRate: Double, seed: UInt64, ffmpeg: FFmpeg?) throws(AudioError) -> [Float] {
        try validate()
        guard let rate = Int(exactly: sampleRate.rounded()), sampleRates.contains(rate) else {
            throw .badSampleRate(rate: Int(exactly: sampleRate.rounded()) ?? 0)
        }
        guard !samples.isEmpty else { return [] }
        switch self {
        case .speed(let factor): return try Speed(factor: factor).apply(to: samples)
        case .pitch(let semitones): return try PitchShift(semitones: semitones).apply(to: samples, sampleRate: rate)
        case .gain(let decibels): return Gain(decibels: decibels).apply(to: samples)
        case .noise(let decibels, let colour):
            return Noise(decibels: decibels, colour: colour).apply(to: samples, sampleRate: rate, random: RandomSource(seed: seed))
        case .room(let seconds): return Room(reverberation: seconds).apply(to: samples, sampleRate: rate, random: RandomSource(seed: seed))
        case .telephone: return try Telephone().apply(to: samples, sampleRate: rate)
        case .codec(let kilobits): return try Codec(kilobits: kilobits, ffmpeg: ffmpeg ?? FFmpeg()).apply(to: samples, sampleRate: rate)
        case .part(let from, let to): return Part(from: from, to: to).apply(to: samples, sampleRate: rate)
        }
    }
}

extension [Alteration] {
    /// One after the other, in the order given. The first gets the seed, the others seeds drawn from it.
    ///
    /// - Throws: what the alterations throw.
    package func apply(to samples: [Float], sampleRate: Double, seed: UInt64) throws(AudioError) -> [Float] {
        var samples = samples
        for (index, alteration) in enumerated() {
            let own = index == 0 ? seed : RandomSource(seed: seed).stream(index).firstValue
            samples = try alteration.apply(to: samples, sampleRate: sampleRate, seed: own)
        }
        return samples
    }
}
