import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

struct CorpusTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    @Test func theListNamesTheKnownCorpora() throws {
        let run = try Program.run(["corpus", "list"], in: folder)
        #expect(run.status == 0 && ["EmoDB", "RAVDESS", "file,speaker,gender,emotion"].allSatisfy { run.output.contains($0) }, "\(run)")
    }

    @Test func aDescriptionCounts() throws {
        let text = try Program.run(["corpus", "describe", fixture.corpus], in: folder)
        #expect(text.status == 0 && text.output.contains("18") && text.output.contains("anger"), "\(text)")
        let json = try Program.run(["corpus", "describe", fixture.corpus, "--json"], in: folder)
        let object = try #require(try json.json() as? [String: Any])
        #expect(object["utterances"] as? Int == 18, "\(object)")
    }

    /// The layout of a known corpus becomes a manifest that means the same.
    @Test func anImportedCorpusIsTheSameCorpus() throws {
        try FileManager.default.createDirectory(atPath: folder.file("emodb/wav"), withIntermediateDirectories: true)
        for (number, name) in ["03a01Fa", "03a01Wa", "08a02Na", "08a02Wb"].enumerated() {
            try folder.tone("emodb/wav/\(name).wav", seconds: 0.3, frequency: 300 + 50 * Float(number))
        }
        let run = try Program.run(["corpus", "import", "emodb", "-o", "emodb.csv"], in: folder)
        #expect(run.status == 0 && run.output == "emodb.csv: 4 utterances of 2 speakers\n", "\(run)")
        let lines = try folder.text("emodb.csv").split(separator: "\n")
        #expect(
            lines.count == 5 && lines[0].hasPrefix("file,speaker,gender,emotion")
                && lines[1].hasPrefix("emodb/wav/03a01Fa.wav,03,male,happiness"))
        func counts(_ corpus: String) throws -> NSDictionary {
            let run = try Program.run(["corpus", "describe", corpus, "--json"], in: folder)
            var object = try #require(try run.json() as? [String: Any])
            for key in ["corpus", "root"] { object[key] = nil }
            return object as NSDictionary
        }
        #expect(try counts("emodb") == counts("emodb.csv"))
    }

    @Test(.enabled(if: isInstalled("espeak-ng"), "espeak-ng is not installed"))
    func theSameSeedSpeaksTheSame() throws {
        for (name, threads, seed) in [("one", "1", "7"), ("two", "2", "7"), ("other", "2", "8")] {
            let run = try Program.run(
                ["corpus", "synthesise", "--voices", "1", "--sentences", "1", "--seed", seed, "--threads", threads, "-o", name, "-q"],
                in: folder)
            #expect(run.status == 0, "\(run)")
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.file("one")).filter { $0.contains(".") }.sorted()
        #expect(names.count == 8)
        for name in names { #expect(try folder.bytes("one/\(name)") == folder.bytes("two/\(name)"), "\(name)") }
        #expect(try names.contains { try folder.bytes("one/\($0)") != folder.bytes("other/\($0)") })
    }
}

struct InspectTests {
    @Test func aModelShowsWhatItIs() throws {
        let fixture = try Fixture.shared()
        let folder = try TemporaryFolder()
        let text = try Program.run(["inspect", fixture.model], in: folder)
        for word in ["small", "anger 6", "tones", "18 utterances, speakers: 3", "layer 1", "32 × 39", "says nothing about new voices"] {
            #expect(text.status == 0 && text.output.contains(word), "\(word): \(text)")
        }
        let json = try Program.run(["inspect", fixture.model, "--json"], in: folder)
        let object = try #require(try json.json() as? [String: Any])
        #expect(object["labels"] as? [String] == Fixture.emotions && (object["recipe"] as? [String: Any])?["name"] as? String == "small")
        #expect((object["card"] as? [String: Any])?["utterances"] as? Int == 18 && object["parameters"] as? Int == 1587)
    }

    @Test func anEnsembleIsSaidToBeOne() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/CStimmungModels/emodb.safetensors")
        let run = try Program.run(["inspect", file.standardized.path], in: TemporaryFolder())
        #expect(run.status == 0 && run.output.contains("in 3 networks, of which the first is shown"), "\(run)")
        #expect(run.output.contains("confidence  calibrated, temperature "), "\(run)")
    }

    @Test(arguments: ["lstm", "rectifier-lstm"]) func aBuiltInRecipeCanBeCopied(name: String) throws {
        let folder = try TemporaryFolder()
        let shown = try Program.run(["inspect", name], in: folder)
        #expect(shown.status == 0 && shown.output.contains("name: \(name)") && shown.output.contains("#"))
        try folder.write("mine.yaml", shown.bytes)
        let again = try Program.run(["inspect", "mine.yaml"], in: folder)
        #expect(again.status == 0 && again.output.contains("epochs: 20") && again.output.contains("heldOutSpeakers: 0"), "\(again)")
    }
}
