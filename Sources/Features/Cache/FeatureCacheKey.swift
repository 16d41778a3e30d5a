import Foundation
import StimmungSupport
import StimmungTensors

/// The part of a cache key that does not depend on the recording: the options, and the front end's arithmetic.
package enum FeatureCacheKey {
    /// Raise this when features of some recordings change but those of the test signal may not.
    private static let version = 2

    /// A hash of the options and of the features that the front end computes from a test signal. It differs between versions of this
    /// program, and between processors whose arithmetic rounds differently.
    ///
    /// - Throws: `FeatureError.option` if an unused option is not a finite number.
    package static func fingerprint(of frontEnd: FrontEnd) throws(FeatureError) -> ContentHash {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json: Data
        do { json = try encoder.encode(frontEnd.options) } catch {
            throw .option(name: "features", value: "\(frontEnd.options)", allowed: "finite numbers")
        }
        let features = try frontEnd.features(of: signal(frontEnd.options))
        let bits = features.elements.withUnsafeBytes { ContentHash($0) }
        return ContentHash("\(version)\n\(String(decoding: json, as: UTF8.self))\n\(bits.text)")
    }

    /// A test signal long enough for all kinds: a pulse train of rising frequency, in noise.
    private static func signal(_ options: FeatureOptions) -> [Float] {
        var random = RandomSource(seed: 1)
        let count = options.samplesNeeded + 20 * options.hopSamples
        var phase: Float = 0
        return (0..<count).map { t in
            phase += (100 + 200 * Float(t) / Float(count)) / Float(options.sampleRate)
            if phase >= 1 { phase -= 1 }
            return 0.3 * (phase - 0.5) + 0.01 * random.normal()
        }
    }
}
