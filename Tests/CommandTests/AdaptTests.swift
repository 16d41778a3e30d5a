import Foundation
import StimmungTestSupport
import Testing

/// `adapt` as a process, on the tones of the fixture with other names.
struct AdaptTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
        try write("mine.csv", ["anger": "neutral", "neutral": "sadness", "sadness": "anger"])
    }

    /// A manifest of the fixture's recordings with other labels; those without one are left out.
    private func write(_ name: String, _ labels: [String: String], speakers: [String] = Fixture.speakers) throws {
        var lines = ["file,emotion,speaker"]
        for speaker in speakers {
            for emotion in Fixture.emotions {
                guard let label = labels[emotion] else { continue }
                lines += (0..<2).map { "\(fixture.folder.file("tones/\(speaker)-\(emotion)-\($0).wav")),\(label),\(speaker)" }
            }
        }
        try folder.write(name, lines.joined(separator: "\n") + "\n")
    }

    private func run(_ arguments: [String]) throws -> FinishedProgram { try Program.run(["adapt"] + arguments, in: folder) }

    @Test func aModelIsAdaptedAndReportsIt() throws {
        let end = try run([fixture.model, "--corpus", "mine.csv", "-o", "m.safetensors", "--json", "figures.json", "-q"])
        #expect(end.status == 0 && end.errors.isEmpty, "\(end)")
        #expect(end.output.hasPrefix("m.safetensors: small, adapted to 18 recordings of 3 speakers of mine\n\nheld out"), "\(end)")
        #expect(end.output.contains("Each of 3 folds leaves speakers out."), "\(end)")
        let figures = try #require(JSONSerialization.jsonObject(with: folder.bytes("figures.json")) as? [String: Any])
        let (before, after) = (figures["before"] as? [String: Any], figures["after"] as? [String: Any])
        let uars = try (#require(before?["uar"] as? Double), #require(after?["uar"] as? Double))
        #expect(uars.1 > uars.0 + 0.3, "\(uars)")

        let predicted = try Program.run(["predict", "--model", "m.safetensors", fixture.recordings[0]], in: folder)
        #expect(predicted.status == 0 && predicted.output.contains(": neutral "), "\(predicted)")
        let inspected = try Program.run(["inspect", "m.safetensors"], in: folder)
        #expect(inspected.output.contains("adapted to  mine: 18 utterances (anger 6, neutral 6, sadness 6)"), "\(inspected)")
        #expect(inspected.output.contains("\ntrained on  tones: 18 utterances"), "\(inspected)")

        // Other threads and another place give the same bytes; the model itself may be replaced.
        let old = try folder.bytes("m.safetensors")
        try FileManager.default.copyItem(atPath: fixture.model, toPath: folder.file("own.safetensors"))
        let again = try run(["own.safetensors", "--corpus", "mine.csv", "-o", "own.safetensors", "--json", "-", "-q", "--threads", "1"])
        #expect(try again.status == 0 && folder.bytes("own.safetensors") == old, "\(again)")
        let printed = try #require(try again.json() as? [String: Any])
        #expect(NSDictionary(dictionary: printed) == NSDictionary(dictionary: figures))
    }

    @Test func synonymsMapLabelsAndNewOnesAreNamed() throws {
        try write("calls.csv", ["anger": "wrath", "neutral": "neutral", "sadness": "surprise"])
        try folder.write("labels.csv", "label,class\nwrath,anger\n")
        let mapped = try run([fixture.model, "--corpus", "calls.csv", "--synonyms", "labels.csv", "-o", "m.safetensors", "-q"])
        #expect(mapped.status == 0 && mapped.output.contains("New classes: surprise."), "\(mapped)")
        #expect(mapped.output.contains("Classes of the model without recordings: sadness."), "\(mapped)")
        let predicted = try Program.run(
            ["predict", "--model", "m.safetensors", "--format", "json", fixture.recordings[0]], in: folder)
        let first = try #require((predicted.json() as? [[String: Any]])?.first)
        #expect(Set((first["probabilities"] as? [String: Double] ?? [:]).keys) == ["anger", "neutral", "sadness", "surprise"])
    }

    @Test func missingClassesAreRemovedIfAskedFor() throws {
        try write("two.csv", ["anger": "anger", "neutral": "neutral"])
        let end = try run([fixture.model, "--corpus", "two.csv", "--drop-missing", "-o", "m.safetensors", "-q"])
        #expect(end.status == 0 && end.output.contains("Removed classes: sadness."), "\(end)")
        let inspected = try Program.run(["inspect", "m.safetensors"], in: folder)
        #expect(inspected.output.contains("\nclasses     anger 6, neutral 6\n"), "\(inspected)")
    }

    /// The speakers contradict each other, so that what two of them teach is wrong for the third.
    @Test func aModelThatIsNotBetterIsWrittenWithAWarning() throws {
        let names = Fixture.emotions
        var lines = ["file,emotion,speaker"]
        for (shift, speaker) in Fixture.speakers.enumerated() {
            for (place, emotion) in names.enumerated() {
                let label = names[(place + shift) % names.count]
                lines += (0..<2).map { "\(fixture.folder.file("tones/\(speaker)-\(emotion)-\($0).wav")),\(label),\(speaker)" }
            }
        }
        try folder.write("contradictory.csv", lines.joined(separator: "\n") + "\n")
        let end = try run([fixture.model, "--corpus", "contradictory.csv", "-o", "m.safetensors", "--strength", "0.3", "-q"])
        #expect(end.status == 0 && folder.exists("m.safetensors"), "\(end)")
        #expect(end.errors.contains("stimmung: warning: m.safetensors: the held-out UAR fell from"), "\(end)")
        // What is learnt of two speakers is not borne out by others, so that the old weights are kept.
        let chosen = try run([fixture.model, "--corpus", "contradictory.csv", "-o", "m.safetensors", "-q"])
        #expect(chosen.output.contains("Strength of the old weights: 30"), "\(chosen)")
    }

    @Test func recordingsOfAnEarlierAdaptationAreReported() throws {
        #expect(try run([fixture.model, "--corpus", "mine.csv", "-o", "m.safetensors", "-q"]).status == 0)
        let end = try run(["m.safetensors", "--corpus", "mine.csv", "-o", "m.safetensors", "--json", "-"])
        #expect(end.status == 0 && end.errors.contains("18 of 18 recordings have been heard by an earlier adaptation"), "\(end)")
        #expect(try (end.json() as? [String: Any])?["heard_before"] as? Int == 18)
    }

    /// The figures of these speakers alone, and a strength that holds the old weights.
    @Test func foldsAndStrengthAreChosen() throws {
        let end = try run(
            [fixture.model, "--corpus", "mine.csv", "-o", "m.safetensors", "--folds-by", "recordings", "--folds", "3", "--seed", "1", "-q"])
        #expect(end.status == 0 && end.output.contains("Each of 3 folds leaves recordings, not speakers, out."), "\(end)")
        let usual = try folder.bytes("m.safetensors")
        let held = try run([fixture.model, "--corpus", "mine.csv", "-o", "m.safetensors", "--strength", "1000", "-q"])
        #expect(try held.status == 0 && folder.bytes("m.safetensors") != usual, "\(held)")
        let wrong = try run([fixture.model, "--corpus", "mine.csv", "-o", "n", "--folds-by", "rooms"])
        #expect(wrong.status == 2 && wrong.errors.contains("'recordings'") && !folder.exists("n"), "\(wrong)")
    }

    @Test func theBuiltInModelIsNamedLikeElsewhere() throws {
        for name in ["built-in", "functionals"] {
            let end = try run([name, "--corpus", "mine.csv", "-o", "m.safetensors", "-q", "--folds", "2"])
            #expect(end.status == 0 && end.output.hasPrefix("m.safetensors: functionals-live, adapted to 18 recordings"), "\(end)")
        }
        let predicted = try Program.run(["predict", "--model", "built-in", fixture.recordings[0]], in: folder)
        #expect(predicted.status == 0, "\(predicted)")
    }

    @Test func faultsAreNamed() throws {
        try write("unknown.csv", ["anger": "wrath", "neutral": "dread"])
        try write("one.csv", ["anger": "anger"])
        try folder.write("text.safetensors", "this is text")
        let cases: [([String], Int32, String)] = [
            ([fixture.model, "--corpus", "unknown.csv", "-o", "m"], 1, "none of the model's classes"),
            ([fixture.model, "--corpus", "unknown.csv", "-o", "m"], 1, "--synonyms"),
            ([fixture.model, "--corpus", "one.csv", "-o", "m"], 1, "only the class anger"),
            (["missing.safetensors", "--corpus", "mine.csv", "-o", "m"], 1, "missing.safetensors"),
            (["text.safetensors", "--corpus", "mine.csv", "-o", "m"], 1, "not a Stimmung model"),
            (["lstm", "--corpus", "mine.csv", "-o", "m"], 1, "it is a recipe"),
            ([fixture.model, "--corpus", "mine.csv", "-o", "m", "--folds", "1"], 2, "--folds is 1"),
            ([fixture.model, "--corpus", "mine.csv", "-o", "m", "--strength", "0"], 2, "--strength is 0"),
            ([fixture.model, "--corpus", "mine.csv", "-o", "mine.csv"], 2, "would be overwritten"),
            ([fixture.model, "--corpus", "mine.csv", "-o", "m", "--json", fixture.model], 2, "would be overwritten"),
            ([fixture.model, "--corpus", "mine.csv", "-o", "no/m"], 1, "does not exist"),
            ([fixture.model, "--corpus", "missing.csv", "-o", "m"], 1, "missing.csv"),
        ]
        for (arguments, status, words) in cases {
            let end = try run(arguments + ["-q"])
            #expect(end.status == status && end.errors.contains(words) && !folder.exists("m"), "\(arguments): \(end)")
        }
        let encoder = try Program.run(
            ["adapt", "encoder", "--corpus", "mine.csv", "-o", "m", "-q"], in: folder,
            Program.Settings(environment: ["XDG_DATA_HOME": folder.file("nowhere"), "HOME": folder.path]))
        #expect(encoder.status == 1 && encoder.errors.contains("stimmung encoder install"), "\(encoder)")
    }

    @Test func silentRecordingsAreListed() throws {
        for number in 0..<3 { try folder.tone("silent-\(number).wav", seconds: 0.5, amplitude: 0) }
        let manifest = String(decoding: try folder.bytes("mine.csv"), as: UTF8.self)
        try folder.write("quiet.csv", manifest + (0..<3).map { "\(folder.file("silent-\($0).wav")),anger,a\n" }.joined())
        let end = try run([fixture.model, "--corpus", "quiet.csv", "-o", "m", "-q"])
        #expect(end.status == 1 && end.errors.contains("silent-2.wav") && end.errors.contains("--skip-unusable all"), "\(end)")
        let skipped = try run([fixture.model, "--corpus", "quiet.csv", "-o", "m", "-q", "--skip-unusable", "all"])
        #expect(skipped.status == 0 && skipped.errors.contains("3 of 21 utterances"), "\(skipped)")
    }
}
