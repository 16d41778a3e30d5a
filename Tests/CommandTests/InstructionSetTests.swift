import Foundation
import StimmungTensors
import StimmungTestSupport
import Testing

/// STIMMUNG_ISA: what results owe to the processor.
struct InstructionSetTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func run(_ arguments: [String], on set: InstructionSet) throws -> FinishedProgram {
        let run = try Program.run(arguments, in: folder, .init(environment: ["STIMMUNG_ISA": set.rawValue]))
        try #require(run.status == 0, "\(run)")
        return run
    }

    @Test(
        .enabled(if: InstructionSet.available.contains(.avx512), "this processor has no AVX-512"),
        arguments: ["rectifier-lstm", "blstm", "rnn", "mlp", "crbm-lstm", "functionals-mlp"])
    func avx2AndAVX512TrainTheSameFile(recipe: String) throws {
        for set in [InstructionSet.avx2, .avx512] {
            _ = try run(["train", recipe, "--corpus", fixture.corpus, "--seed", "3", "--epochs", "2", "-q", "-o", set.rawValue], on: set)
        }
        #expect(try folder.bytes("avx2") == folder.bytes("avx512"))
    }

    /// AVX512-BF16 adds the two products of a pair one after the other, as the other instruction sets do.
    @Test(.enabled(if: InstructionSet.available.contains(.avx2), "this processor has no AVX2"), arguments: ["lstm", "blstm", "mlp"])
    func allTrainTheSameFileInBFloat16(recipe: String) throws {
        let sets = InstructionSet.available.filter { $0 != .portable }
        for set in sets {
            let options = ["--seed", "3", "--epochs", "2", "--precision", "bfloat16", "-q", "-o", set.rawValue]
            _ = try run(["train", recipe, "--corpus", fixture.corpus] + options, on: set)
        }
        for set in sets { #expect(try folder.bytes(set.rawValue) == folder.bytes(sets[0].rawValue)) }
        _ = try run(["train", recipe, "--corpus", fixture.corpus, "--seed", "3", "--epochs", "2", "-q", "-o", "exact"], on: .best)
        #expect(try folder.bytes("exact") != folder.bytes(sets[0].rawValue))
    }

    @Test func bfloat16ChangesConfidencesLittle() throws {
        func predictions(_ precision: String) throws -> [[String: Any]] {
            let arguments = ["predict", "--format", "json", "-q", "--precision", precision, "--model", fixture.model] + fixture.recordings
            return try #require(try JSONSerialization.jsonObject(with: Data(try run(arguments, on: .best).output.utf8)) as? [[String: Any]])
        }
        let (exact, near) = (try predictions("float32"), try predictions("bfloat16"))
        var largest = 0.0
        for (one, other) in zip(exact, near) {
            let own = try #require(one["probabilities"] as? [String: Double])
            let others = try #require(other["probabilities"] as? [String: Double])
            for (label, probability) in own { largest = max(largest, abs(probability - (others[label] ?? -1))) }
        }
        #expect(largest > 0 && largest < 0.05 && exact.count == near.count)
    }

    /// Without fused multiply-add, only the last digits differ.
    @Test(.enabled(if: InstructionSet.best != .portable, "this processor has neither AVX2 nor AVX-512"))
    func theBaselineDiffersLittle() throws {
        let results = try [InstructionSet.portable, .best].map { set in
            let output = try run(["predict", "--format", "json", "-q", "--model", fixture.model] + fixture.recordings, on: set).output
            return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
        }
        for (portable, best) in zip(results[0], results[1]) {
            let (own, other) = (
                try #require(portable["probabilities"] as? [String: Double]), try #require(best["probabilities"] as? [String: Double])
            )
            for (label, probability) in own { #expect(abs(probability - (other[label] ?? -1)) < 1e-3) }
        }
        #expect(!results[0].isEmpty && results[0].count == results[1].count)
    }

    @Test func anotherValueIsAnError() throws {
        let run = try Program.run(["--version"], in: folder, .init(environment: ["STIMMUNG_ISA": "sse"]))
        #expect(
            run.status == 2 && run.bytes.isEmpty && run.errors.contains("STIMMUNG_ISA is \"sse\"") && run.errors.contains("portable"),
            "\(run)")
    }
}
