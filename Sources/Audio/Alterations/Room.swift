import Foundation
import StimmungTensors

/// A room between the speaker and the microphone: the direct sound, a few early reflections and a diffuse tail.
///
/// Source of the figures: H. Kuttruff, *Room Acoustics*: the diffuse sound decays by 60 dB within the reverberation time T. At the
/// distance r, its energy is (r / r₀)² times that of the direct sound, where r₀ = 0.1 √(V / πT) metres. A reflection that arrives t seconds
/// later has travelled c · t further and is weaker accordingly.
struct Room {
    /// RT60, in seconds.
    let reverberation: Double

    /// V, in m³: a large living room or a small classroom.
    private static let volume = 100.0
    /// r, in metres.
    private static let distance = 1.0
    /// c, in m/s.
    private static let speedOfSound = 343.0
    /// Floor, ceiling and the walls.
    private static let reflections = 6
    /// Arrival times of the early reflections after the direct sound, in seconds: for paths 1 to 14 m longer.
    private static let early: Range<Float> = 0.003..<0.040
    /// Start of the diffuse tail in seconds.
    private static let tail = 0.005

    func apply(to samples: [Float], sampleRate: Int, random: RandomSource) -> [Float] {
        var random = random
        let response = impulseResponse(sampleRate: sampleRate, &random)
        return convolution(samples, response).fitted(to: samples.count)
    }

    /// The direct sound is the first sample, so there is no delay. The energy is 1, so speech is about as loud as before.
    private func impulseResponse(sampleRate: Int, _ random: inout RandomSource) -> [Float] {
        let rate = Double(sampleRate)
        let length = max(1, Int((reverberation * rate).rounded()))
        func decay(_ sample: Int) -> Double { pow(10, -3 * Double(sample) / rate / reverberation) }

        let begin = Int((Self.tail * rate).rounded())
        var response = (0..<length).map { $0 < begin ? 0 : decay($0) * Double(random.normal()) }
        let energy = response.reduce(0) { $0 + $1 * $1 }
        let squaredRadius = 0.01 * Self.volume / (Double.pi * reverberation)
        let diffuse = energy > 0 ? (Self.distance * Self.distance / squaredRadius / energy).squareRoot() : 0
        for index in response.indices { response[index] *= diffuse }

        response[0] = 1
        for _ in 0..<Self.reflections {
            let late = Double(random.uniform(in: Self.early))
            let sample = Int((late * rate).rounded())
            guard sample < length else { continue }
            response[sample] += decay(sample) * Self.distance / (Self.distance + Self.speedOfSound * late)
        }
        let norm = response.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return response.map { Float($0 / norm) }
    }
}
