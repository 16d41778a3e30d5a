import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungTensors

/// A tone rising from 100 Hz to 7 kHz with varying loudness, in noise: energy in every band, loud and quiet frames.
func chirpInNoise(count: Int, seed: UInt64 = 1) -> [Float] {
    var random = RandomSource(seed: seed)
    var phase = 0.0
    return (0..<count).map { t in
        let part = Double(t) / Double(count)
        phase += 2 * .pi * (100 + 6900 * part) / 16000
        let tone = 0.5 * sin(.pi * part) * sin(phase)
        return Float(tone) + 0.003 * random.normal()
    }
}

/// The features of samples, with a new front end.
func extract(samples: [Float], options: FeatureOptions = FeatureOptions()) throws(FeatureError) -> Matrix {
    try FrontEnd(options).features(of: samples)
}

/// The features of a file, or of a part of it.
func extract(
    path: String, start: Double? = nil, end: Double? = nil, options: FeatureOptions = FeatureOptions()
) throws(FeatureError) -> Matrix {
    try FrontEnd(options).features(of: AudioSegment(path: path, start: start, end: end))
}

/// The features of an altered file, or of a part of it.
func extract(
    path: String, start: Double? = nil, end: Double? = nil, options: FeatureOptions = FeatureOptions(), altered: [Alteration]
) throws(FeatureError) -> Matrix {
    try FrontEnd(options).features(of: AudioSegment(path: path, start: start, end: end), altered: altered, seed: 9)
}
