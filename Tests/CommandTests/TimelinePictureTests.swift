import Foundation
import StimmungTestSupport
import Testing

/// `predict --picture`.
struct TimelinePictureTests {
    @Test func drawsTheTimelineThatIsPrinted() throws {
        let folder = try TemporaryFolder()
        let fixture = try Fixture.shared()
        let recording = fixture.recordings[0]
        let run = try Program.run(
            ["predict", "--model", fixture.model, recording, "--picture", "line.svg", "--format", "json"], in: folder)
        let prediction = try #require((try run.json() as? [[String: Any]])?.first)
        let segments = try #require(prediction["segments"] as? [[String: Any]])
        let picture = try folder.text("line.svg")
        #expect(run.status == 0 && picture.contains("<svg") && picture.contains((recording as NSString).lastPathComponent))
        for segment in segments { #expect(picture.contains(try #require(segment["label"] as? String))) }
        let piped = try Program.run(
            ["-c", "\"$S\" predict --model \"$M\" - --picture piped.svg -q < \"$A\""], in: folder,
            .init(environment: ["S": Program.path, "M": fixture.model, "A": recording], program: "/bin/sh"))
        #expect(piped.status == 0 && folder.exists("piped.svg"), "\(piped)")
    }

    @Test(arguments: [
        (["A", "A", "--picture", "p.svg"], "one recording"), (["A", "--picture", "p.png"], "only SVG"),
        (["A", "--picture", "A"], "only SVG"),
        (["A", "--channels", "each", "--picture", "p.svg"], "one recording"), (["A", "-o", "out/", "--picture", "p.svg"], "output folder"),
        (["A", "-o", "p.svg", "--picture", "p.svg"], "the same path"),
    ])
    func otherUsesAreRefused(arguments: [String], words: String) throws {
        let folder = try TemporaryFolder()
        let fixture = try Fixture.shared()
        let run = try Program.run(
            ["predict", "--model", fixture.model] + arguments.map { $0 == "A" ? fixture.recordings[0] : $0 }, in: folder)
        #expect(run.status == 2 && run.errors.contains(words) && folder.content.isEmpty, "\(run)")
    }
}
