import Foundation
import StimmungTensors

/// Tones: hum, single tones and chords, beeps, sweeps, and engines.
struct ToneSounds {
    let sampleRate: Int

    /// The waveform of an oscillator, by its phase 0 ..< 1.
    private enum Wave: CaseIterable {
        case sine, triangle, square, saw

        func value(_ phase: Double) -> Float {
            switch self {
            case .sine: Float(sin(2 * Double.pi * phase))
            case .triangle: Float(4 * abs(phase - 0.5) - 1)
            case .square: phase < 0.5 ? 0.7 : -0.7
            case .saw: Float(2 * phase - 1)
            }
        }
    }

    /// A wave whose frequency in Hz may change with time in seconds.
    private func oscillate(_ count: Int, _ wave: Wave, phase: Float = 0, frequency: (Double) -> Double) -> [Float] {
        var phase = Double(phase)
        var now = frequency(0)
        return (0..<count).map { index in
            // A function of time is evaluated every millisecond.
            if index & 15 == 0 { now = frequency(Double(index) / Double(sampleRate)) }
            phase += now / Double(sampleRate)
            phase -= phase.rounded(.down)
            return wave.value(phase)
        }
    }

    /// 50 or 60 Hz, some per mille off, with up to twelve harmonics.
    func hum(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let base = (random.chance(0.5) ? 50 : 60) * Double(random.uniform(in: 0.995..<1.005))
        var sound = [Float](repeating: 0, count: count)
        for harmonic in 1...random.integer(in: 1...12) where harmonic == 1 || random.chance(0.7) {
            let wave = oscillate(count, .sine, phase: random.uniform()) { _ in base * Double(harmonic) }
            sound.add(wave, times: Float(random.logarithmic(in: 0.03..<1)))
        }
        return sound
    }

    /// One to five lasting tones, some with tremolo or vibrato.
    func tones(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        let isChord = random.chance(0.5)
        let base = isChord ? random.logarithmic(in: 60..<800) : random.logarithmic(in: 40..<7000)
        for _ in 0..<(isChord ? random.integer(in: 2...5) : 1) {
            let steps = isChord ? random.integer(in: 0...24) : 0
            let frequency = base * pow(2, Double(steps) / 12)
            let vibrato = random.chance(0.3) ? Double(random.uniform(in: 0.002..<0.03)) : 0
            let rate = Double(random.uniform(in: 0.5..<8))
            let wave = Wave.allCases[random.chance(0.5) ? 0 : random.index(below: 4)]
            sound.add(
                oscillate(count, wave, phase: random.uniform()) { frequency * (1 + vibrato * sin(2 * Double.pi * rate * $0)) },
                times: Float(random.logarithmic(in: 0.3..<1)))
        }
        if random.chance(0.25) {
            let tremolo = oscillate(count, .sine) { [rate = random.logarithmic(in: 0.2..<10)] _ in rate }
            let depth = random.uniform()
            for index in sound.indices { sound[index] *= 1 - depth * (1 + tremolo[index]) / 2 }
        }
        return sound
    }

    /// Alarms, ring tones, dial tones: tones of one or two frequencies that go on and off.
    func beeps(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        let choices = (0..<random.integer(in: 1...6)).map { _ in random.logarithmic(in: 200..<4000) }
        let wave = Wave.allCases[random.index(below: 4)]
        let on = random.logarithmic(in: 0.03..<1.5)
        let off = random.logarithmic(in: 0.03..<1.5)
        let isSteady = random.chance(0.6)
        var time = 0.0
        while time * Double(sampleRate) < Double(count) {
            let length = on * (isSteady ? 1 : Double(random.uniform(in: 0.4..<1.6)))
            for _ in 0..<(random.chance(0.3) ? 2 : 1) {
                let frequency = choices[random.index(below: choices.count)]
                var beep = oscillate(Int(length * Double(sampleRate)), wave) { _ in frequency }
                beep.fade(by: sampleRate / 200)
                sound.add(beep, at: Int(time * Double(sampleRate)))
            }
            time += length + off * (isSteady ? 1 : Double(random.uniform(in: 0.4..<1.6)))
        }
        return sound
    }

    /// Up and down between two frequencies, as fast as a siren or as slowly as a measurement.
    func sweeps(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let wave = Wave.allCases[random.chance(0.6) ? 0 : random.index(below: 4)]
        let low = random.logarithmic(in: 20..<1000)
        let high = low * random.logarithmic(in: 1.5..<40)
        let period = random.logarithmic(in: 0.3..<60)
        let isLogarithmic = random.chance(0.5)
        let returns = random.chance(0.5)
        let start = Double(random.uniform())
        return oscillate(count, wave) { time in
            var place = (time / period + start).truncatingRemainder(dividingBy: 1)
            if returns { place = 1 - abs(2 * place - 1) }
            let frequency = isLogarithmic ? low * pow(high / low, place) : low + (high - low) * place
            return min(frequency, 0.49 * Double(sampleRate))
        }
    }

    /// Motors and machines: pulses at 4 to 200 Hz, whose rate drifts, through a few resonances, with some noise.
    func engine(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let rate = random.logarithmic(in: 4..<200)
        let drift = random.uniform(in: 0..<0.2)
        let period = random.logarithmic(in: 1..<10)
        var sound = oscillate(count, .saw) { rate * (1 + Double(drift) * sin(2 * Double.pi * $0 / period)) }
        let noise = random.uniform(in: 0..<0.5)
        for index in sound.indices { sound[index] = sound[index] * sound[index] * sound[index] + noise * random.normal() }
        sound.equalise(random.integer(in: 1...4), decibels: 20, sampleRate: sampleRate, &random)
        return sound
    }
}

extension [Float] {
    /// Fades both ends over this many samples.
    mutating func fade(by samples: Int) {
        let length = Swift.min(samples, count / 2)
        for index in 0..<length {
            let factor = Float(index) / Float(length)
            self[index] *= factor
            self[count - 1 - index] *= factor
        }
    }
}
