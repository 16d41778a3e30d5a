import Foundation
import StimmungFeatures
import StimmungTestSupport
import Testing

/// Long recordings take no more memory than short ones (20 minutes, or the full two hours with STIMMUNG_LONG=1), and large corpora no more than small ones.
@Suite(.serialized) struct MemoryTests {
    private static let isLong = ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1"
    private static let minutes = isLong ? 120 : 20

    @Test(arguments: [Normalisation.train, .utterance]) func aLongRecordingIsReadInPieces(normalisation: Normalisation) throws {
        let fixture = try Fixture.shared()
        let folder = try TemporaryFolder()
        let trained = try Program.run(
            ["train", "lstm", "--corpus", fixture.corpus, "--normalisation", normalisation.rawValue, "--epochs", "1", "-o", "m", "-q"],
            in: folder)
        try #require(trained.status == 0, "\(trained)")
        try writeLong("long.wav", minutes: Self.minutes, in: folder)
        try writeLong("short.wav", minutes: 1, in: folder)

        let short = try Program.run(["predict", "--model", "m", "short.wav", "--timeline", "--format", "json"], in: folder)
        let long = try Program.run(["predict", "--model", "m", "long.wav", "--timeline", "--format", "json"], in: folder)
        #expect(short.status == 0 && long.status == 0, "\(long)")
        let object = try #require((try long.json() as? [[String: Any]])?.first)
        let segments = try #require(object["segments"] as? [[String: Any]])
        #expect(segments.last?["end"] as? Double == Double(60 * Self.minutes))
        print(
            "\(Self.minutes) minutes, normalisation \(normalisation.rawValue): \(Int(long.peakMemory)) MB, one minute \(Int(short.peakMemory)) MB"
        )
        // The samples alone are 77 MB for 20 minutes, and the features 19 MB.
        #expect(long.peakMemory > 0 && long.peakMemory < short.peakMemory + 10, "\(long.peakMemory) MB, \(short.peakMemory) MB")
        #expect(long.peakMemory < 100)
    }

    /// What does not fit into memory stands in a file, and training reads from it: three times the corpus takes no more memory.
    @Test func aLargeCorpusIsTrainedOnFromTheDisk() throws {
        let folder = try TemporaryFolder()
        for name in ["anger.wav", "neutral.wav"] { try writeLong(name, minutes: 1, in: folder) }
        func peak(minutes: Int) throws -> Double {
            try writeCorpus(minutes: minutes, in: folder)
            let trained = try Program.run(["train", "rnn", "--corpus", "corpus.csv", "--epochs", "1", "-o", "m", "-q"], in: folder)
            try #require(trained.status == 0, "\(trained)")
            return trained.peakMemory
        }
        let (less, more) = try (peak(minutes: 100), peak(minutes: 300))
        print("training on 100 minutes: \(Int(less)) MB, on 300: \(Int(more)) MB")
        // The features of 200 minutes are 187 MB, and were there twice.
        #expect(less > 0 && more < less + 60, "\(more) MB, \(less) MB")
    }

    /// Neither the list of recordings nor the results are held: ten times the recordings take no more memory, in one run or when it is resumed.
    @Test(.enabled(if: isLong, "STIMMUNG_LONG is not set")) func aMillionFilesTakeNoMoreMemoryThanAThousand() throws {
        let fixture = try Fixture.shared()
        let folder = try TemporaryFolder()
        try folder.tone("tone.wav", seconds: 0.1, frequency: 300)
        for (name, count) in [("few", 2000), ("many", 20_000)] {
            for number in 0..<count {
                if number % 1000 == 0 {
                    try FileManager.default.createDirectory(
                        atPath: folder.file("\(name)/\(number / 5000)/\(number / 1000)"), withIntermediateDirectories: true)
                }
                let path = "\(name)/\(number / 5000)/\(number / 1000)/a recording with the number \(number).wav"
                try #require(link(folder.file("tone.wav"), folder.file(path)) == 0)
            }
        }
        func peak(_ arguments: [String]) throws -> Double {
            let run = try Program.run(
                ["predict", "--model", fixture.model, "--format", "json", "-q"] + arguments, in: folder, .init(output: "/dev/null"))
            try #require(run.status == 0, "\(run)")
            return run.peakMemory
        }
        for arguments in [["-o", "NAME-out"], ["-o", "NAME-out", "--resume"], []] {
            let (few, many) = try (
                peak(["few"] + arguments.map { $0.replacing("NAME", with: "few") }),
                peak(["many"] + arguments.map { $0.replacing("NAME", with: "many") })
            )
            print("2000 recordings: \(few) MB, 20,000: \(many) MB")
            #expect(few > 0 && many < few + 4, "\(many) MB, \(few) MB")
        }
        try #expect(FileManager.default.subpathsOfDirectory(atPath: folder.file("many-out")).count { $0.hasSuffix(".json") } == 20_000)
    }

    /// A study may leave its journal, nothing else leaves anything.
    @Test(arguments: [
        ["train", "lstm", "-o", "m"], ["evaluate", "lstm", "--protocol", "speaker-folds=2"],
        ["study", "--systems", "lstm", "--journal", "j"],
    ])
    func noRoomForTheFileIsAnError(command: [String]) throws {
        let folder = try TemporaryFolder()
        for name in ["anger.wav", "neutral.wav"] { try writeLong(name, minutes: 1, in: folder) }
        try writeCorpus(minutes: 80, in: folder)
        let before = folder.content
        let run = try Program.run(command + ["--corpus", "corpus.csv", "--epochs", "1", "-q"], in: folder, .init(fileLimit: 64))
        let after = folder.content.filter { !$0.hasPrefix("j") }
        #expect(run.status == 1 && run.errors.contains("TMPDIR") && after == before, "\(folder.content) \(run)")
    }

    private func writeCorpus(minutes: Int, in folder: TemporaryFolder) throws {
        let rows = (0..<minutes).map { $0 % 2 == 0 ? "anger.wav,\($0 % 4),anger" : "neutral.wav,\($0 % 4),neutral" }
        try folder.write("corpus.csv", (["file,speaker,emotion"] + rows).joined(separator: "\n") + "\n")
    }

    /// A minute of tones that come and go, again and again.
    private func writeLong(_ name: String, minutes: Int, in folder: TemporaryFolder) throws {
        let minute = (0..<960_000).flatMap { index -> [UInt8] in
            let time = Double(index) / 16_000
            let sample = Int16(6000 * sin(2 * .pi * (200 + 100 * Double(Int(time) % 7)) * time) * (0.6 + 0.4 * sin(2 * .pi * 3 * time)))
            return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
        }
        try folder.write(name, wave(tag: 1, bits: 16, [], claimed: minutes * minute.count))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file(name)))
        try file.seekToEnd()
        for _ in 0..<minutes { try file.write(contentsOf: minute) }
        try file.close()
    }
}
