import Foundation
import FoundationXML
import StimmungTestSupport
import Testing

struct StudyTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func study(_ more: [String]) -> [String] { ["study", "--corpus", fixture.corpus, "-q"] + more }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The figures without the times, which differ from run to run.
    private func timeless(_ value: Any) -> Any {
        if let object = value as? [String: Any] {
            return object.filter { !["seconds", "fold_seconds", "resumed_folds"].contains($0.key) }.mapValues(timeless)
        }
        return (value as? [Any])?.map(timeless) ?? value
    }

    /// Killed in the middle and run again, the figures are those of a study that nothing happened to; then nothing is left to train.
    @Test func anInterruptedStudyGoesOn() throws {
        let words = study(["--systems", "lstm,rnn", "--epochs", "4", "--seeds", "2", "--threads", "1", "--json", "-"])
        let whole = try Program.run(words + ["--journal", "whole"], in: folder)
        try #require(whole.status == 0 && whole.errors.isEmpty, "\(whole)")
        let killed = try Program.start(words + ["--journal", "killed"], in: folder)
        try killed.wait { folder.content.count { $0.hasPrefix("killed/") } >= 2 }
        killed.send(SIGINT)
        #expect(killed.wait().status == 130)
        let resumed = try Program.run(words + ["--journal", "killed"], in: folder)
        let figures = try object(resumed.bytes)
        #expect(NSDictionary(dictionary: ["": timeless(figures)]) == NSDictionary(dictionary: ["": timeless(try object(whole.bytes))]))
        let splits = try #require(figures["splits"] as? [[String: Any]])
        #expect(splits.map { $0["name"] as? String } == ["random-3", "loso-3"])
        for split in splits {
            let systems = try #require(split["systems"] as? [[String: Any]])
            #expect(systems.map { $0["system"] as? String } == ["lstm", "rnn"])
            #expect(systems[0]["against"] == nil && (systems[1]["against"] as? [String: Any])?["system"] as? String == "lstm")
            let against = try #require(systems[1]["against"] as? [String: Any])
            let counts = ["wins", "losses", "ties"].compactMap { against[$0] as? Int }
            #expect(counts.reduce(0, +) == 18 && (0...1).contains(against["p"] as? Double ?? -1))
        }
        let again = try Program.run(words + ["--journal", "killed"], in: folder)
        let first = try #require(((try object(again.bytes)["splits"] as? [[String: Any]])?[0]["systems"] as? [[String: Any]])?[0])
        #expect((first["figures"] as? [String: Any])?["resumed_folds"] as? Int == 20)
    }

    /// The report needs nothing else, is well-formed, names every picture, and says what the JSON says.
    @Test func theReportSaysWhatTheJSONSays() throws {
        let run = try Program.run(
            study(["--systems", "lstm,\(fixture.recipe)", "--epochs", "3", "--report", "r/report", "--json", "f.json"]), in: folder)
        #expect(run.status == 0 && run.errors.isEmpty && run.output.contains("leave one speaker out, 3 classes"), "\(run)")
        let html = try folder.text("r/report/report.html")
        try expectSelfContained(html)
        let figures = try object(folder.bytes("f.json"))
        for split in try #require(figures["splits"] as? [[String: Any]]) {
            for system in try #require(split["systems"] as? [[String: Any]]) {
                let own = try #require(system["figures"] as? [String: Any])
                for key in ["wa", "uar"] {
                    let interval = try #require(own[key + "_interval"] as? [String: Double])
                    let values = try [own[key] as? Double, interval["lower"], interval["upper"]].map { 100 * (try #require($0)) }
                    let text = String(format: "<td>%.1f (%.1f–%.1f)</td>", values[0], values[1], values[2])
                    #expect(html.contains(text), "\(text)")
                }
            }
        }
        #expect(html.contains("stimmung study --corpus") && html.contains("0.1.0") && html.contains("name: small"))
        let pictures = folder.content.filter { $0.hasSuffix(".svg") }
        for kind in [
            "random-3-summary", "loso-3-lstm-confusion", "loso-3-small-accuracy", "loso-3-lstm-reliability", "loso-3-lstm-learning",
        ] {
            #expect(pictures.contains("r/report/\(kind).svg"), "\(kind) of \(pictures)")
        }
        #expect(pictures.contains("r/report/lstm-embedding.svg") && pictures.contains("r/report/lstm-posteriors.svg"))
        for picture in pictures {
            #expect(html.contains((picture as NSString).lastPathComponent))
            #expect(XMLParser(data: try folder.bytes(picture)).parse(), "\(picture)")
        }
        #expect(folder.isClean)
    }

    @Test func anEvaluationHasAReportToo() throws {
        let run = try Program.run(
            [
                "evaluate", fixture.recipe, "--corpus", fixture.corpus, "-q", "--protocol", "test=a", "--report", "report", "--predictions",
                "p.csv", "--json", "f.json",
            ], in: folder)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        let html = try folder.text("report/report.html")
        try expectSelfContained(html)
        let figures = try object(folder.bytes("f.json"))
        for (key, digits) in [("log_loss", 3), ("brier", 3)] {
            let value = try #require(figures[key] as? Double)
            #expect(html.contains(String(format: "%.\(digits)f", value)), "\(key)")
        }
        let names = Set(folder.content.filter { $0.hasSuffix(".svg") })
        #expect(
            names
                == Set(["confusion", "accuracy", "reliability", "learning", "embedding", "posteriors"].map { "report/\($0).svg" }),
            "\(names)")
        let rows = try folder.text("p.csv").split(separator: "\n")
        #expect(rows.count == 7 && rows[0] == "file,start,end,speaker,fold,seed,true,predicted,p_anger,p_neutral,p_sadness")
        let right = rows.dropFirst().count { row in
            let cells = row.split(separator: ",", omittingEmptySubsequences: false)
            return cells[6] == cells[7]
        }
        #expect(abs(Double(right) / 6 - (figures["wa"] as? Double ?? -1)) < 1e-9)
    }

    /// A system that cannot be trained on the corpus does not keep the others from their figures.
    @Test func oneSystemsFailureIsSaid() throws {
        try folder.write(
            "wide.yaml", "name: wide\nnetwork: [{window: {left: 200, right: 200}}, {sigmoid: 4}]\ntraining: {epochs: 1, crop: 0}\n")
        let run = try Program.run(study(["--systems", "rnn,wide.yaml", "--epochs", "1", "--report", "report"]), in: folder)
        #expect(run.status == 1 && run.output.contains("wide") && run.output.contains("failed"), "\(run)")
        #expect(run.errors.contains("2 evaluations failed"), "\(run)")
        #expect(try folder.text("report/report.html").contains("Failed evaluations"))
    }

    @Test func wrongWordsAreUsage() throws {
        for words in [["--systems", ","], ["--systems", "lstm,lstm"], ["--seeds", "0"], ["--systems", "frobnicate"]] {
            let run = try Program.run(study(words), in: folder)
            #expect(run.status == 2 && run.bytes.isEmpty, "\(words) \(run)")
        }
        #expect(folder.content.isEmpty)
    }

    /// No link, script or font from elsewhere, and well-formed.
    private func expectSelfContained(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let parser = XMLParser(data: Data(html.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)), line \(parser.lineNumber)", sourceLocation: sourceLocation)
        let rest = html.replacing("http://www.w3.org/2000/svg", with: "").replacing("http://www.w3.org/1999/xhtml", with: "")
        #expect(!rest.contains("http"), sourceLocation: sourceLocation)
        for word in ["<script", "<link", "<iframe", "@import", "url(", "src="] {
            #expect(!rest.contains(word), "\(word)", sourceLocation: sourceLocation)
        }
    }
}
