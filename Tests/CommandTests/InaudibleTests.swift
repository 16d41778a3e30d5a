import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// What nobody hears changes no label of the built-in model: DC, vibrations below 30 Hz and the recorder's gain, on every eighth recording of
/// EmoDB, as 32-bit float files.
@Suite(.enabled(if: TestData.corpus("emodb") != nil, "needs a corpus: set STIMMUNG_DATA"))
struct InaudibleTests {
    private struct Change {
        let name: String
        /// Number of labels that may differ.
        let allowed: Int
        let apply: @Sendable (_ sample: Float, _ time: Double) -> Float
    }

    private static let changes: [Change] = {
        let offsets: [Float] = [0.005, 0.02, 0.1]
        let frequencies: [Double] = [10, 15, 20, 30]
        let gains: [Float] = [0.1, 10]
        return offsets.map { offset in Change(name: "dc\(offset)", allowed: 1) { sample, _ in sample + offset } }
            + frequencies.map { frequency in
                Change(name: "sine\(frequency)", allowed: 1) { sample, time in sample + 0.02 * Float(sin(2 * .pi * frequency * time)) }
            } + gains.map { gain in Change(name: "gain\(gain)", allowed: 0) { sample, _ in sample * gain } }
    }()

    @Test func labelsDoNotChange() throws {
        let folder = try TemporaryFolder()
        let wav = try #require(TestData.corpus("emodb")) + "/wav/"
        let names = try FileManager.default.contentsOfDirectory(atPath: wav).filter { $0.hasSuffix(".wav") }.sorted()
        let some = stride(from: 0, to: names.count, by: 8).map { names[$0] }
        let recordings = try some.map { try AudioFile.read(AudioSegment(path: wav + $0), sampleRate: 16_000, longest: 60) }

        let plain = try labels(of: recordings, "plain", in: folder)
        #expect(plain.count == some.count && Set(plain).count > 4)
        for change in Self.changes {
            let changed = recordings.map { samples in
                samples.enumerated().map { change.apply($1, Double($0) / 16_000) }
            }
            let others = zip(plain, try labels(of: changed, change.name, in: folder)).filter { $0 != $1 }.count
            #expect(others <= change.allowed, "\(change.name): \(others) of \(plain.count) labels changed")
        }
    }

    private func labels(of recordings: [[Float]], _ name: String, in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        for (index, samples) in recordings.enumerated() {
            var wave = Wave.float([])
            wave.data = samples.withUnsafeBytes { Array($0) }
            try Data(wave.bytes).write(to: URL(fileURLWithPath: folder.file("\(name)/\(index + 100).wav")))
        }
        let run = try Program.run(["predict", name, "--format", "jsonl", "-q"], in: folder)
        #expect(run.status == 0, "\(run)")
        return try run.output.split(separator: "\n").map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return try #require(object["label"] as? String)
        }
    }
}
