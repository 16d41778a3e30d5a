import Foundation
import StimmungTestSupport
import Testing

/// "stimmung-benchmark": that its lines can be read and its figures are times. How fast it is, no test says.
struct BenchmarkTests {
    private let small = ["--steps", "8", "--batch", "8", "--inputs", "8", "--cells", "8", "--seconds", "2", "--repeats", "2"]

    private func run(_ arguments: [String]) throws -> FinishedProgram {
        try Program.run(arguments, in: TemporaryFolder(), .init(program: Program.built("stimmung-benchmark")))
    }

    private func lines(_ arguments: [String]) throws -> [[String: Any]] {
        let run = try run(["--json"] + small + arguments)
        try #require(run.status == 0 && run.errors.isEmpty, "\(run)")
        return try run.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
    }

    @Test(arguments: [1, 2]) func everyLineHasTimes(threads: Int) throws {
        let lines = try lines(["--threads", "\(threads)"])
        #expect(lines.map { $0["kind"] as? String } == ["lstm", "lstm", "bidirectional", "step", "crbm", "mfcc", "session"])
        for line in lines {
            #expect((line["what"] as? String)?.isEmpty == false)
            let limits = try #require(line["limits"] as? [String: Double])
            #expect(try #require(limits["second_level_gigabytes"]) > 1)
            #expect(line["threads"] as? Int == (["mfcc", "session"].contains(line["kind"] as? String) ? 1 : threads))
            #expect(try #require(line["frames"] as? Int) > 0)
            let times = try #require(line["times"] as? [String: [String: [Double]]])
            #expect(times["train"] != nil)
            for (work, runs) in times {
                #expect(Set(runs.keys) == ["wall_ms", "processor_ms"])
                for values in runs.values {
                    // The limit is one figure.
                    let count = work == "limit" ? 1 : 2
                    let arePlausible = values.count == count && values.allSatisfy { $0 > 0 && $0 < 60_000 } && values == values.sorted()
                    #expect(arePlausible, "\(work): \(values)")
                }
            }
            let (median, best) = (try #require(line["train_ms"] as? Double), try #require(line["train_best_ms"] as? Double))
            #expect(best > 0 && best <= median && times["train"]?["wall_ms"]?.first == best)
        }
        #expect(lines[0]["frames"] as? Int == 64 && lines[5]["audio_seconds"] as? Double == 60)
        #expect(try #require(lines[3]["layer_ms"] as? Double) > 0)
        for line in lines[0...2] + lines[4...4] { #expect(try #require(line["limit_ms"] as? Double) > 0) }
        let chunks = try #require(lines[6]["chunks"] as? [String: Double])
        let percentiles = try ["median_ms", "p95_ms", "p99_ms", "maximum_ms"].map { try #require(chunks[$0]) }
        #expect(percentiles == percentiles.sorted() && percentiles[0] > 0 && lines[6]["frames"] as? Int == 40, "\(percentiles)")
        #expect(try #require(lines[6]["real_time_factor"] as? Double) > 0)
        for line in lines[0...2] { #expect(try #require(line["infer_ms"] as? Double) > 0) }
    }

    @Test func aSessionOfARecording() throws {
        let folder = try TemporaryFolder()
        try folder.tone("a.wav", seconds: 0.5, frequency: 300, amplitude: 0.1)
        let run = try run(["session", "--seconds", "1", "--chunk", "250", "--repeats", "1", "--recordings", folder.file("a.wav")])
        #expect(run.status == 0 && run.output.contains("1 s of audio, 0 % speech, chunks of 250 ms: "), "\(run)")
        #expect(run.output.contains("99 % below ") && run.output.contains("times real time"))
        #expect(try self.run(["session", "--recordings", "none.wav"]).status == 1)
    }

    @Test func oneSequenceIsComparedWithTheCache() throws {
        let lines = try lines(["lstm", "--batch", "1", "--threads", "1"])
        let bandwidth = try #require(lines.first?["bandwidth"] as? [String: Double])
        #expect(try #require(bandwidth["gigabytes_per_second"]) > 0 && bandwidth["second_level_gigabytes"] != nil)
    }

    @Test func oneKindAsText() throws {
        let run = try run(["step", "mfcc", "--threads", "1"] + small)
        let lines = run.output.split(separator: "\n")
        #expect(run.status == 0 && lines.count == 3, "\(run)")
        #expect(lines.first?.contains("multiply-adds in GFLOP/s") == true && lines.first?.contains("second-level cache") == true)
        #expect(
            lines.dropFirst().first?.contains("recipe lstm, 16 crops of 100 frames") == true
                && lines.last?.contains("times real time") == true)
    }

    @Test(arguments: [["pitch"], ["--repeats", "0"], ["--cells", "4"], ["--chunk", "0"], ["--seconds", "nan"]]) func wrongUsage(
        arguments: [String]
    ) throws {
        let run = try run(arguments)
        #expect(run.status == 64 && run.bytes.isEmpty && !run.errors.isEmpty, "\(run)")
    }

    @Test func helpNamesTheOptions() throws {
        let help = try run(["--help"])
        #expect(help.status == 0 && help.errors.isEmpty, "\(help)")
        for word in ["--threads", "--json", "--repeats", "bidirectional", "mfcc", "session", "--recordings", "USAGE"] {
            #expect(help.output.contains(word), "\(word)")
        }
        let unknown = try run(["--bogus"])
        #expect(unknown.status == 64 && unknown.bytes.isEmpty && !unknown.errors.isEmpty, "\(unknown)")
    }
}
