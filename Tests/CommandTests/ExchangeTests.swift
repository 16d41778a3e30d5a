import Foundation
import StimmungTestSupport
import Testing

private let audformat = Python(importing: "audformat")
private let arff = Python(importing: "arff")

/// Files for other programs, read back by them.
struct ExchangeTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func run(_ python: Python?, _ program: String) throws -> String {
        try folder.write("read.py", "import os\nos.chdir(\"\(folder.path)\")\n\(program)")
        return try #require(python).run([folder.file("read.py")])
    }

    @Test("audformat loads predictions as a database", .enabled(if: audformat != nil, "needs Python with audformat"))
    func database() throws {
        let arguments = ["predict", "--model", fixture.model, fixture.recordings[0], fixture.recordings[1], "--format", "audformat", "-q"]
        #expect(try Program.run(arguments + ["-o", "db"], in: folder).status == 0)
        #expect(folder.content == ["db", "db/db.predictions.csv", "db/db.yaml"])
        let printed = try run(
            audformat,
            """
            import audformat
            db = audformat.Database.load("db")
            table = db["predictions"].get()
            assert audformat.is_segmented_index(table)
            assert table["emotion"].isin(db.schemes["emotion"].labels).all() and table["confidence"].between(0, 1).all()
            assert (table.filter(regex="^p_").sum(axis=1) - 1).abs().max() < 1e-5
            print(len(table), table.index.get_level_values("end").total_seconds().min() > 0)
            """)
        #expect(printed == "2 True\n")
        let refused = try Program.run(arguments + ["--channels", "each"], in: folder)
        #expect(refused.status == 64 || refused.status == 2, "\(refused)")
    }

    @Test("pandas reads predictions as JSON, JSON lines and CSV in one line", .enabled(if: audformat != nil, "needs Python with pandas"))
    func pandas() throws {
        for name in ["p.json", "p.jsonl", "p.csv"] {
            let arguments = ["predict", "--model", fixture.model, fixture.recordings[0], fixture.recordings[1], "-q", "-o", name]
            #expect(try Program.run(arguments, in: folder).status == 0)
        }
        let printed = try run(
            audformat,
            """
            import pandas
            tables = [pandas.read_json("p.json"), pandas.read_json("p.jsonl", lines=True), pandas.read_csv("p.csv")]
            for table in tables: print(table["label"].tolist() == tables[0]["label"].tolist(), table["confidence"].between(0, 1).all())
            """)
        #expect(printed == "True True\nTrue True\nTrue True\n")
    }

    @Test("A corpus becomes one table, which liac-arff and audformat read", .enabled(if: audformat != nil && arff != nil))
    func table() throws {
        // A label with a quote and a space, and a part of a file.
        let recording = fixture.recordings[0]
        try folder.write(
            "corpus.csv",
            "file,speaker,emotion,start,end\n\(recording),a,it's new,,\n\(recording),b,anger,0.1,0.6\n")
        for name in ["t.arff", "t.csv", "t.npy"] {
            let done = try Program.run(
                ["features", "--corpus", "corpus.csv", "--set", "functionals=true", "-o", name, "-q"], in: folder)
            #expect(done.status == 0, "\(done)")
        }
        let printed = try run(
            arff,
            """
            import arff, audformat.utils, numpy
            with open("t.arff") as file: table = arff.load(file)
            labels = dict(table["attributes"])["class"]
            frame = audformat.utils.read_csv("t.csv")
            rows = numpy.load("t.npy")
            assert [row[-1] for row in table["data"]] == ["it's new", "anger"], table["data"][0][-1]
            assert numpy.allclose(numpy.array([row[3:-1] for row in table["data"]], float), rows, rtol=1e-6)
            assert numpy.allclose(frame.to_numpy(float), rows, rtol=1e-6)
            assert frame.index.get_level_values("start").total_seconds().tolist() == [0, 0.1]
            print(labels, rows.shape)
            """)
        #expect(printed.contains("(2, 2456)"), "\(printed)")
        try folder.write("whole.csv", "file,speaker,emotion\n\(recording),a,anger\n")
        #expect(
            try Program.run(["features", "--corpus", "whole.csv", "--set", "functionals=true", "-o", "w.csv", "-q"], in: folder).status == 0
        )
        #expect(try folder.text("w.csv").hasPrefix("file,fbank_0_mean,"))
        // The features of a model, as NumPy reads them: a row for each stretch of detected speech, with its length before them.
        #expect(try Program.run(["features", recording, "--model", "built-in", "-o", "m.npy"], in: folder).status == 0)
        #expect(try run(audformat, "import numpy\nprint(numpy.load('m.npy').shape[1])") == "2641\n")
        let mixed = try Program.run(["features", recording, "--model", "built-in", "--deltas", "0"], in: folder)
        #expect(mixed.status != 0 && mixed.errors.contains("--model has its own features"), "\(mixed)")
        let frames = try Program.run(["features", "--corpus", "corpus.csv", "-o", "f.csv"], in: folder)
        #expect(frames.status != 0 && frames.errors.contains("functionals"), "\(frames)")
        let both = try Program.run(["features", recording, "--corpus", "corpus.csv"], in: folder)
        #expect(both.status != 0 && both.errors.contains("--corpus"), "\(both)")
    }
}
