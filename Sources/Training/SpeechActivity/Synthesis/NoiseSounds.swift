import Foundation
import StimmungTensors

/// Noises: white, pink, brown or of a random colour, steady or in gusts, and short bursts such as slams and clicks.
struct NoiseSounds {
    let sampleRate: Int

    func white(_ count: Int, _ random: inout RandomSource) -> [Float] { (0..<count).map { _ in random.normal() } }

    /// 1/f by three leaky integrators: P. Kellet's economy filter, within 0.5 dB.
    func pink(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var (a, b, c) = (Float(0), Float(0), Float(0))
        return (0..<count).map { _ in
            let white = random.normal()
            a = 0.99765 * a + 0.0990460 * white
            b = 0.96300 * b + 0.2965164 * white
            c = 0.57000 * c + 1.0526913 * white
            return a + b + c + 0.1848 * white
        }
    }

    /// 1/f² above a random corner of 5 … 80 Hz.
    func brown(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let leak = Float(exp(-2 * Double.pi * random.logarithmic(in: 5..<80) / Double(sampleRate)))
        var level: Float = 0
        return (0..<count).map { _ in
            level = leak * level + random.normal()
            return level
        }
    }

    /// One of the three, half of the time with random peaks.
    func coloured(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var noise =
            switch random.index(below: 3) {
            case 0: white(count, &random)
            case 1: pink(count, &random)
            default: brown(count, &random)
            }
        if random.chance(0.5) { noise.equalise(random.integer(in: 1...4), decibels: 18, sampleRate: sampleRate, &random) }
        return noise
    }

    /// Wind, waves, passing cars: the level wanders by 5 to 30 dB, one way within 0.15 to 5 s.
    func gusts(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var noise = coloured(count, &random)
        let depth = random.uniform(in: 5..<30)
        let period = Int(random.logarithmic(in: 0.15..<5) * Double(sampleRate))
        var (from, to) = (random.uniform(), random.uniform())
        for index in noise.indices {
            let place = index % period
            if place == 0 { (from, to) = (to, random.uniform()) }
            let level = from + (to - from) * Float(place) / Float(period)
            // Half of the steps are linear in the samples' range; powers of ten for every sample would take most of the time.
            noise[index] *= level * level * (1 + depth * level)
        }
        return noise
    }

    /// Doors, clicks, keys, footsteps: decaying bursts at random times, or in a steady rhythm.
    func bursts(_ count: Int, _ random: inout RandomSource) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        let rate = random.logarithmic(in: 0.3..<9)
        let isSteady = random.chance(0.3)
        let decay = random.logarithmic(in: 0.002..<0.2)
        let frequency = random.logarithmic(in: 80..<5000)
        var time = Double(random.uniform()) / rate
        while time * Double(sampleRate) < Double(count) {
            let length = Int(7 * decay * Double(sampleRate))
            var burst = white(length, &random)
            let shaper = Biquad.band(
                frequency * Double(random.uniform(in: 0.8..<1.25)), q: Double(random.uniform(in: 0.4..<6)), sampleRate: sampleRate)
            shaper.apply(to: &burst)
            let factor = Float(exp(-1 / (decay * Double(random.uniform(in: 0.6..<1)) * Double(sampleRate))))
            var envelope: Float = 1
            for index in burst.indices {
                burst[index] *= envelope
                envelope *= factor
            }
            sound.add(burst, at: Int(time * Double(sampleRate)), times: Float(random.logarithmic(in: 0.2..<1)))
            time += isSteady ? 1 / rate : -log(Double(1 - random.uniform())) / rate + 0.01
        }
        return sound
    }
}
