import Foundation
import StimmungTensors

/// Music of plucked and bowed strings, and of blown pipes.
struct StringSounds {
    let sampleRate: Int

    /// Chords and melodies of plucked strings.
    ///
    /// Source: K. Karplus, A. Strong, *Digital synthesis of plucked-string and drum timbres*, Computer Music Journal 7 (1983).
    func plucked(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        let rate = random.logarithmic(in: 0.4..<8)
        let voices = random.integer(in: 1...6)
        let base = random.logarithmic(in: 55..<500)
        let damping = Float(random.logarithmic(in: 0.0005..<0.03))
        let brightness = random.uniform(in: 0.2..<0.5)
        // Between the strings of a chord, and from a note to its end, in seconds.
        let strum = random.uniform(in: 0.001..<0.08)
        let longest = random.logarithmic(in: 0.15..<4)
        var time = Double(random.uniform()) * 0.5
        while time * Double(sampleRate) < Double(count) {
            for voice in 0..<voices {
                let frequency = base * pow(2, Double(random.integer(in: 0...24)) / 12)
                let start = Int((time + Double(voice) * Double(strum)) * Double(sampleRate))
                let length = min(count - start, Int(longest * Double(sampleRate)))
                guard length > 0 else { continue }
                sound.add(
                    string(length, frequency, damping: damping, brightness: brightness, &random), at: start,
                    times: random.uniform(in: 0.3..<1))
            }
            time += random.chance(0.6) ? 1 / rate : Double(random.uniform(in: 0.3..<2)) / rate
        }
        if random.chance(0.6) { sound.equalise(random.integer(in: 1...4), decibels: 12, sampleRate: sampleRate, &random) }
        return sound
    }

    private func string(_ count: Int, _ frequency: Double, damping: Float, brightness: Float, _ random: inout RandomSource) -> [Float] {
        let length = max(2, Int((Double(sampleRate) / frequency).rounded()))
        var line = (0..<length).map { _ in random.uniform(in: -1..<1) }
        var result = [Float](repeating: 0, count: count)
        var place = 0
        for index in result.indices {
            let next = place + 1 == length ? 0 : place + 1
            result[index] = line[place]
            line[place] = (1 - damping) * ((1 - brightness) * line[place] + brightness * line[next])
            place = next
        }
        result.fade(by: 40)
        return result
    }

    /// Melodies of bowed strings or pipes: a saw or a few harmonics with vibrato, through the resonances of a body.
    func bowed(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        let isPipe = random.chance(0.3)
        for _ in 0..<random.integer(in: 1...3) {
            let base = random.logarithmic(in: 65..<700)
            let longest = random.uniform(in: 0.4..<3)
            var time = 0.0
            while time * Double(sampleRate) < Double(count) {
                let length = Double(random.uniform(in: 0.15..<longest))
                let frequency = base * pow(2, Double(random.integer(in: 0...12)) / 12)
                let note = note(Int(length * Double(sampleRate)), frequency, isPipe: isPipe, &random)
                sound.add(note, at: Int(time * Double(sampleRate)), times: random.uniform(in: 0.4..<1))
                time += length + (random.chance(0.3) ? Double(random.uniform(in: 0..<1)) : 0)
            }
        }
        sound.equalise(random.integer(in: 2...5), decibels: 14, sampleRate: sampleRate, &random)
        return sound
    }

    private func note(_ count: Int, _ frequency: Double, isPipe: Bool, _ random: inout RandomSource) -> [Float] {
        let vibrato = Double(random.uniform(in: 0..<0.012))
        let rate = Double(random.uniform(in: 4..<7))
        let noise = random.uniform(in: 0..<0.05)
        var phase = Double(random.uniform())
        var step = 0.0
        var note = [Float](repeating: 0, count: count)
        for index in note.indices {
            if index & 15 == 0 {
                let time = Double(index) / Double(sampleRate)
                step = frequency / Double(sampleRate) * (1 + vibrato * sin(2 * Double.pi * rate * time))
            }
            phase += step
            if phase >= 1 { phase -= 1 }
            let wave = isPipe ? Self.pipe(phase) : Self.saw(phase, step)
            note[index] = wave + noise * random.normal()
        }
        note.fade(by: Int(random.uniform(in: 0.02..<0.2) * Float(sampleRate)))
        return note
    }

    private static func pipe(_ phase: Double) -> Float {
        let angle = Float(2 * Double.pi * phase)
        return sin(angle) + 0.3 * sin(2 * angle) + 0.15 * sin(3 * angle)
    }

    /// A saw whose step is rounded by a polynomial, which keeps most aliases away.
    ///
    /// Source: V. Välimäki, A. Huovilainen, *Antialiasing oscillators in subtractive synthesis*, IEEE Signal Processing Magazine 24 (2007).
    private static func saw(_ phase: Double, _ step: Double) -> Float {
        var value = 2 * phase - 1
        if phase < step {
            let t = phase / step
            value -= t + t - t * t - 1
        } else if phase > 1 - step {
            let t = (phase - 1) / step
            value -= t * t + t + t + 1
        }
        return Float(value)
    }
}
