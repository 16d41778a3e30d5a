import Foundation
import StimmungTestSupport
import Testing

/// Names and folders as people have them.
struct PathTests {
    private let folder: TemporaryFolder
    private let fixture: Fixture

    init() throws {
        folder = try TemporaryFolder()
        fixture = try Fixture.shared()
    }

    /// Runs a script of the shell, which finds the program as `$S`, a model as `$M` and a recording as `$A`.
    private func shell(_ script: String) throws -> FinishedProgram {
        let variables = ["S": Program.path, "M": fixture.model, "A": fixture.recordings[0], "TMPDIR": folder.file("tmp")]
        try FileManager.default.createDirectory(atPath: folder.file("tmp"), withIntermediateDirectories: true)
        return try Program.run(["-c", script], in: folder, .init(environment: variables, program: "/bin/sh"))
    }

    @Test func namesThatAreNotUTF8AreRead() throws {
        let run = try shell(
            #"""
            n=$(printf 'M\374ller'); mkdir d; cp "$A" d/ok.wav; cp "$A" "d/$n.wav"
            "$S" predict --model "$M" d --format json -q && "$S" predict --model "$M" "d/$n.wav" && "$S" predict --model "$M" d -o out -q
            test -f "out/$n.txt" && "$S" features d -o "f$n" -q && test -f "f$n/$n.csv" && echo kept
            printf 'file,speaker,emotion\nd/%s.wav,1,anger\nd/ok.wav,2,sadness\n' "$n" > t.csv
            "$S" corpus describe t.csv && "$S" corpus import t.csv -o u.csv && cmp u.csv t.csv; grep -c "$n" u.csv
            """#)
        #expect(run.output.contains(#""d/M\\xfcller.wav""#) && run.output.contains(#"d/M\xfcller.wav: "#), "\(run)")
        #expect(run.output.contains("kept\n") && run.output.contains("in 2 files") && run.output.hasSuffix("\n1\n"), "\(run)")
    }

    @Test func namesThatDifferByNormalisationAreTwoFiles() throws {
        let run = try shell(
            #"""
            a=$(printf 'caf\303\251.wav'); b=$(printf 'cafe\314\201.wav'); cp "$A" "$a"; cp "$A" "$b"
            printf 'file,speaker,emotion\n%s,1,anger\n%s,2,sadness\n' "$a" "$b" > t.csv
            "$S" corpus describe t.csv; "$S" predict --model "$M" "$a" "$b" -o out -q; ls out | wc -l
            """#)
        #expect(run.output.contains("2 utterances in 2 files") && run.output.hasSuffix("\n2\n"), "\(run)")
    }

    @Test func whatCannotBeReadInAFolderIsReportedAndTheRestDone() throws {
        let run = try shell(
            #"""
            mkdir d; cp "$A" d/ok.wav; ln -s nowhere d/lost.wav; ln -s . d/loop; touch d/a.txt d/b.lab d/c.txt
            "$S" predict --model "$M" d
            """#)
        #expect(run.status == 1 && run.output.hasPrefix("d/ok.wav: ") && run.output.split(separator: "\n").count == 1, "\(run)")
        #expect(run.errors.contains("stimmung: d/lost.wav: no such file"), "\(run)")
        #expect(run.errors.contains("3 other files were passed over: 2 .txt, 1 .lab"), "\(run)")
        let quiet = try shell(#""$S" predict --model "$M" d -q 2>&1 >/dev/null | grep -c passed"#)
        #expect(quiet.output == "0\n", "\(quiet)")
    }

    @Test func standardInputLeavesNothingBehind() throws {
        let run = try shell(
            #"""
            (cat "$A"; sleep 0.2; ls "$TMPDIR" > during) | "$S" predict --model "$M" - "$A" "$A" "$A" -q | head -1
            cat during; ls "$TMPDIR"
            """#)
        #expect(run.output.hasPrefix("-: ") && run.output.split(separator: "\n").count == 1, "\(run)")
    }

    @Test func namesAsLongAsTheSystemAllowsAreWritten() throws {
        let name = String(repeating: "n", count: 251)
        let run = try shell(#"cp "$A" \#(name).wav; "$S" predict --model "$M" \#(name).wav -o out; ls out"#)
        #expect(run.status == 0 && run.output.hasSuffix("\n\(name).txt\n"), "\(run)")
    }

    @Test func namesCannotSteerTheTerminal() throws {
        let name = "a\u{1B}[31m\u{202E}\nb.wav"
        let missing = try Program.run(["predict", "--model", fixture.model, name, fixture.recordings[0]], in: folder)
        #expect(missing.errors.contains(#"a\x1b[31m\u{202e}\nb.wav: no such file"#) && !missing.errors.contains("\u{1B}"), "\(missing)")
        try FileManager.default.copyItem(atPath: fixture.recordings[0], toPath: folder.file(name))
        let text = try Program.run(["predict", "--model", fixture.model, name], in: folder)
        #expect(text.output.hasPrefix(#"a\x1b[31m\u{202e}\nb.wav: "#), "\(text)")
        let json = try Program.run(["predict", "--model", fixture.model, name, "--format", "json"], in: folder)
        #expect(((try json.json() as? [[String: Any]])?.first?["file"] as? String) == name, "\(json)")
        let command = try Program.run(["pre\u{1B}dict", "x"], in: folder)
        #expect(command.status == 2 && !command.errors.contains("\u{1B}"), "\(command)")
    }
}
