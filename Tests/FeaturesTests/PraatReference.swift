import Foundation
import StimmungTestSupport
import Testing

/// Praat's values for ten recordings of EmoDB: `golden/voice_praat.json`, written by `reference/voice_praat.py`.
struct PraatReference: Decodable {
    struct Recording: Decodable {
        /// The fundamental frequency of each frame in hertz, 0 in unvoiced frames.
        let f0: [Float]
        /// The first three formants in hertz of every fourth frame.
        let formants: [[Float]]
        /// Local jitter and shimmer of the recording, as fractions.
        let jitter: Double
        let shimmer: Double
        /// Means over voiced frames in decibels: harmonics-to-noise ratio, alpha ratio, Hammarberg index.
        let hnr: Double
        let alpha: Double
        let hammarberg: Double
    }

    let recordings: [String: Recording]

    static func load() throws -> PraatReference {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("golden/voice_praat.json")
        return try JSONDecoder().decode(PraatReference.self, from: Data(contentsOf: file))
    }

    /// Calls `body` with each recording that is available.
    static func each(_ body: (URL, Recording) throws -> Void) throws {
        let reference = try load()
        for file in TestData.emodb {
            try body(
                file, #require(reference.recordings[file.lastPathComponent], "\(file.lastPathComponent) is not in the reference"))
        }
    }
}
