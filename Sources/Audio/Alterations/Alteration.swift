import StimmungTensors

/// A change of a recording for data augmentation and robustness tests: another room, line or speaker, or a part of the recording.
///
///     let heard = try Alteration.noise(decibels: 10, colour: .pink).apply(to: samples, sampleRate: 16000, seed: 7)
///     let called = try [Alteration]("room=0.4+telephone+noise=20").apply(to: samples, sampleRate: 16000, seed: 7)
///
/// Input and output have one channel and the same sampling rate. Only `speed` and `part` change the length. The same samples and seed give the
/// same bits on any thread. Use a different seed for each recording; otherwise all of them get the same noise and the same room.
///
/// Samples are not clipped to −1 … 1 until they are written to a file of 16 bits. Only `telephone` and `codec` have a full scale.
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
    /// The level of the speech is that of its active parts (ITU-T P.56), without pauses. The level of the noise is its root mean square over
    /// the whole recording. Silence gets no noise, because it has no speech level.
    case noise(decibels: Double, colour: NoiseColour = .white)

    /// Simulates a room of 100 m³ with this reverberation time (RT60), 0.05 … 5 s, with the speaker one metre from the microphone.
    case room(seconds: Double)

    /// Simulates a telephone line: 300 … 3400 Hz, sampled at 8 kHz, µ-law of 8 bits, and back.
    case telephone

    /// Encodes it as MP3 of 8 … 320 kbit/s and decodes it again, by the `ffmpeg` program.
    ///
    /// MPEG has fewer bit rates at low sampling rates (at most 160 kbit/s at 16 kHz); the encoder uses the nearest one.
    case codec(kilobits: Int)

    /// Keeps the speech between two fractions of its duration, 0 … 1, the second larger than the first, as in a recording that starts late or stops early.
    ///
    /// Speech lasts from the first to the last window of 25 ms that is less than 30 dB below the loud ones (the 95th percentile). At least 0.4 s
    /// around the middle of the part are kept, if the recording is that long. Take a part before adding noise, which hides the pauses.
    case part(from: Double, to: Double)

    /// The altered recording.
    ///
    /// - Parameters:
    ///   - samples: one channel, finite numbers; may be empty.
    ///   - sampleRate: in Hz, 1000 … 1,000,000; rounded to a whole number.
    ///   - seed: random seed of `noise` and `room`.
    /// - Throws: `badAlteration` if a value is out of range; `badSampleRate`; `codecFailed` for `codec`.
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
    /// Applies the alterations in order. The first gets the seed, the others get seeds drawn from it.
    ///
    /// - Throws: the errors of the alterations.
    package func apply(to samples: [Float], sampleRate: Double, seed: UInt64) throws(AudioError) -> [Float] {
        var samples = samples
        for (index, alteration) in enumerated() {
            let own = index == 0 ? seed : RandomSource(seed: seed).stream(index).firstValue
            samples = try alteration.apply(to: samples, sampleRate: sampleRate, seed: own)
        }
        return samples
    }
}
