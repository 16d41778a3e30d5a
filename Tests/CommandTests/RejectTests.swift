import Foundation
import StimmungTestSupport
import Testing

/// `--reject` of the commands that recognise speech, and `predict --affect`.
struct RejectTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func run(_ arguments: [String]) throws -> FinishedProgram { try Program.run(arguments, in: folder) }

    private func copy(to name: String) throws { try folder.write(name, Data(contentsOf: URL(fileURLWithPath: fixture.recordings[0]))) }

    @Test func aDecisionWithLittleConfidenceIsUncertain() throws {
        let arguments = ["predict", "--model", fixture.model, fixture.recordings[0], "--format", "json", "-q"]
        let plain = try #require(try run(arguments).json() as? [[String: Any]]).first
        let confidence = try #require(plain?["confidence"] as? Double)
        try #require(confidence > 0.002 && confidence < 0.998)
        for (reject, label) in [(confidence + 0.001, "uncertain"), (confidence - 0.001, "anger")] {
            var object = try #require(try run(arguments + ["--reject", "\(reject)"]).json() as? [[String: Any]]).first
            #expect(object?["label"] as? String == label)
            object?["label"] = "anger"
            #expect(object as NSDictionary? == plain as NSDictionary?)
        }
        let text = try run(["segments", "--model", fixture.model, fixture.recordings[0], "--speech", "all", "--reject", "1"])
        #expect(text.status == 0 && text.output.contains("uncertain: anger "), "\(text)")
    }

    @Test(arguments: [["predict", "a.wav"], ["segments", "a.wav"], ["stream"], ["listen"]])
    func aConfidenceOutsideItsRangeIsAUsageError(command: [String]) throws {
        for value in ["1.5", "-0.1", "nan"] {
            let run = try run(command + ["--reject=\(value)"])
            #expect(run.status == 2 && run.errors.contains("it must be 0 to 1"), "\(run)")
        }
    }

    @Test func affectIsWrittenOnlyWhereAskedFor() throws {
        let arguments = ["predict", "--model", fixture.model, fixture.recordings[0], "-q", "--format"]
        let plain = try run(arguments + ["csv"])
        #expect(plain.status == 0 && !plain.output.contains("arousal"), "\(plain)")
        let object = try #require(try run(arguments + ["json", "--affect"]).json() as? [[String: Any]]).first
        let shares = try #require(object?["probabilities"] as? [String: Double])
        let arousal = try #require(object?["arousal"] as? Double)
        #expect(abs(arousal - ((shares["anger"] ?? 0) - 0.5 * (shares["sadness"] ?? 0))) < 1e-5 && object?["valence"] is Double)
        #expect(try run(arguments + ["csv", "--affect"]).output.contains(",arousal,valence,"))
        for format in ["rttm", "srt", "textgrid"] {
            let refused = try run(arguments + [format, "--affect"])
            #expect(refused.status == 2 && refused.errors.contains("--affect needs --format"), "\(refused)")
        }
        try copy(to: "calls/a.wav")
        let resumed = ["predict", "--model", fixture.model, "calls", "-o", "out", "--format", "jsonl", "-q", "--resume"]
        #expect(try run(resumed).output == "out/a.jsonl\n" && run(resumed + ["--affect"]).output == "out/a.jsonl\n")
        #expect(try folder.text("out/a.jsonl").contains("\"arousal\""))
    }

    /// Results with another rule are not taken for finished.
    @Test func resumingWithAnotherRuleRecognisesAgain() throws {
        try copy(to: "calls/a.wav")
        let arguments = ["predict", "--model", fixture.model, "calls", "-o", "out", "--format", "csv", "-q", "--resume"]
        let (first, again) = (try run(arguments), try run(arguments))
        #expect(first.output == "out/a.csv\n" && again.output.isEmpty, "\(first) \(again)")
        let rejecting = try run(arguments + ["--reject", "1"])
        #expect(try rejecting.output == "out/a.csv\n" && folder.text("out/a.csv").contains(",uncertain,"), "\(rejecting)")
        #expect(try run(arguments + ["--reject", "1"]).output.isEmpty)
    }
}
