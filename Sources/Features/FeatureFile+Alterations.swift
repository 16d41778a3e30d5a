import StimmungAudio
import StimmungTensors

extension FeatureFile {
    /// The longest recording that is altered, in seconds: it is held as a whole, several times over.
    package static let longestAltered = 600.0

    /// Reads a file, or the part of it from `start` to `end` seconds, alters it and computes its features; frames are rows.
    ///
    /// Without alterations this is `extract(path:start:end:options:)`, for recordings of any length.
    ///
    /// - Parameters:
    ///   - alterations: applied in this order, at the sample rate of the options.
    ///   - seed: of what is random in them. The same file and seed give the same features.
    /// - Throws: `FeatureError`, as for a file as it is; `.audio(.tooLong)` beyond `longestAltered`; `.audio(.badAlteration)`, `.audio(.codecFailed)`.
    package static func extract(
        path: String, start: Double? = nil, end: Double? = nil, options: FeatureOptions = FeatureOptions(), alterations: [Alteration],
        seed: UInt64
    ) throws(FeatureError) -> Matrix {
        guard !alterations.isEmpty else { return try extract(path: path, start: start, end: end, options: options) }
        try options.validate()
        let samples: [Float]
        do {
            let whole = try AudioFile.read(path: path, sampleRate: options.sampleRate, start: start, end: end, longest: longestAltered)
            samples = try alterations.apply(to: whole, sampleRate: Double(options.sampleRate), seed: seed)
        } catch {
            throw .audio(error)
        }
        do {
            return try extract(samples: samples, options: options)
        } catch {
            throw error.naming(path)
        }
    }
}
