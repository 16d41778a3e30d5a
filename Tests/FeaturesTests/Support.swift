import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungTensors

/// A folder that is removed at the end of `body`.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("features-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// A tone that rises from 100 Hz to 7 kHz, swells and fades, in noise: something in every band, loud and quiet frames.
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

/// Writes mono samples as a WAV file of 16 bits at 16 kHz.
func writeWAV(_ samples: [Float], to file: URL) throws {
    var data = Data()
    func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
    data.append(contentsOf: "RIFF".utf8)
    append(UInt32(36 + 2 * samples.count))
    data.append(contentsOf: "WAVEfmt ".utf8)
    append(UInt32(16))
    append(UInt16(1))
    append(UInt16(1))
    append(UInt32(16000))
    append(UInt32(32000))
    append(UInt16(2))
    append(UInt16(16))
    data.append(contentsOf: "data".utf8)
    append(UInt32(2 * samples.count))
    for sample in samples {
        append(Int16(max(-32768, min(32767, (sample * 32768).rounded()))))
    }
    try data.write(to: file)
}

/// The corpora of the tests that need one.
enum TestData {
    /// Ten recordings of EmoDB, of all speakers; none where the corpus is not there.
    static let emodb: [URL] = {
        guard let root = ProcessInfo.processInfo.environment["STIMMUNG_DATA"] else { return [] }
        let folder = URL(fileURLWithPath: root).appendingPathComponent("emodb/wav")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let recordings = files.filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path }
        guard recordings.count >= 10 else { return [] }
        return (0..<10).map { recordings[$0 * recordings.count / 10] }
    }()
}

/// The features of samples, by a front end made for them.
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
