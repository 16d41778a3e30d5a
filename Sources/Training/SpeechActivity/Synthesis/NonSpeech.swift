// A file of its own: the list of everything that the network learns is not speech.

import StimmungTensors

/// A kind of synthesised sound without speech.
enum NonSpeech: CaseIterable {
    case steadyNoise, gusts, bursts, hum, tones, beeps, sweeps, engine, plucked, bowed

    /// A sound of this kind at any level; the same random numbers give the same bits.
    func sound(_ count: Int, sampleRate: Int, _ random: inout RandomSource) -> [Float] {
        let noises = NoiseSounds(sampleRate: sampleRate)
        let tones = ToneSounds(sampleRate: sampleRate)
        let strings = StringSounds(sampleRate: sampleRate)
        return switch self {
        case .steadyNoise: noises.coloured(count, &random)
        case .gusts: noises.gusts(count, &random)
        case .bursts: noises.bursts(count, &random)
        case .hum: tones.hum(count, &random)
        case .tones: tones.tones(count, &random)
        case .beeps: tones.beeps(count, &random)
        case .sweeps: tones.sweeps(count, &random)
        case .engine: tones.engine(count, &random)
        case .plucked: strings.plucked(count, &random)
        case .bowed: strings.bowed(count, &random)
        }
    }
}
