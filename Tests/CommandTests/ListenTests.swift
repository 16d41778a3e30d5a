import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// `listen` with recorders that are shell scripts.
struct ListenTests {
    private let folder: TemporaryFolder
    private static let emodb = TestData.corpus("emodb")

    init() throws { folder = try TemporaryFolder() }

    /// A recording of anger and a pause, as a recorder writes it; a tone without a corpus.
    private func writeSamples() throws {
        let pause = [Float](repeating: 0, count: 20_000)
        let speech = try Self.emodb.map { try AudioFile.read(AudioSegment(path: "\($0)/wav/03a05Wb.wav"), sampleRate: 16_000, longest: 60) }
        let samples = (speech ?? (0..<20_000).map { 0.1 * sin(Float($0) * 0.3) }) + pause
        let integers = samples.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))).littleEndian }
        try integers.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("samples")))
    }

    /// Notes its arguments and process, and writes the samples.
    private static let plays = "[ \"$1\" = --help ] && exit\necho \"$@\" > arguments\necho $$ > process\ncat samples\n"
    /// Goes on with silence, as a microphone does.
    private static let goesOn = "while :; do head -c 3200 /dev/zero; sleep 0.1; done"

    /// The environment in which only these recorders are found before those of the system.
    private func path(_ recorders: [String: String]) throws -> String {
        try (recorders.map { try folder.fakeProgram($0, $1) } + ["/usr/bin:/bin"]).joined(separator: ":")
    }

    private func listen(_ arguments: [String], _ recorders: [String: String]) throws -> FinishedProgram {
        try Program.run(["listen"] + arguments, in: folder, .init(environment: ["PATH": path(recorders)]))
    }

    // MARK: - Terminals

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"), .enabled(if: isInstalled("tmux"), "tmux is not installed"))
    func aMeterIsDrawnAndCtrlCRestoresTheTerminal() throws {
        try writeSamples()
        let search = try path(["pw-record": Self.plays + Self.goesOn])
        let terminal = try Terminal(
            running: "stty -a > before\nPATH='\(search)' '\(Program.path)' listen\necho $? > status\nstty -a > after\ntouch done",
            in: folder)
        try terminal.wait { try terminal.lines().contains { $0.hasPrefix("00:00.") && $0.contains("anger") } }
        let lines = try terminal.lines()
        #expect(lines.contains { $0.hasPrefix("pause ") && $0.contains("level ") && $0.hasSuffix("dB") }, "\(lines)")
        for label in ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"] {
            #expect(lines.contains { $0.hasPrefix(label + " ") && $0.contains("···") }, "\(label) in \(lines)")
        }
        #expect(try !terminal.isCursorVisible)
        // Neither keys nor a resize disturb it.
        try terminal.type("x", "Enter", "C-z")
        try terminal.resize(columns: 40, rows: 20)
        try terminal.wait { try terminal.lines().contains { $0.hasPrefix("pause ") && $0.count < 40 } }

        try terminal.type("C-c")
        try terminal.wait { folder.exists("done") }
        #expect(
            try folder.text("status") == "130\n"
                && folder.text("after")
                    == folder.text("before").replacing("columns 80", with: "columns 40").replacing("rows 24", with: "rows 20")
        )
        #expect(try terminal.isCursorVisible)
        let rest = try terminal.lines()
        #expect(rest.count { $0.hasPrefix("00:00.") && $0.contains("anger") } == 1, "\(rest)")
        #expect(
            rest.contains { $0.hasPrefix("anger ") && $0.contains(", then ") } && !rest.contains { $0.hasPrefix("neutral  ·") }, "\(rest)")
        #expect(try hasEnded())
    }

    @Test(.enabled(if: isInstalled("tmux"), "tmux is not installed"), arguments: [(20, 24), (80, 4)])
    func aSmallTerminalIsEnough(columns: Int, rows: Int) throws {
        try writeSamples()
        let search = try path(["arecord": Self.plays + Self.goesOn])
        let terminal = try Terminal(
            columns: columns, rows: rows,
            running: "NO_COLOR=1 PATH='\(search)' '\(Program.path)' listen --recorder arecord\necho $? > status\ntouch done", in: folder)
        try terminal.wait { try terminal.lines().contains { $0.hasPrefix("pause   00:0") } }
        let lines = try terminal.lines(styled: true)
        #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns && !$0.contains("\u{1B}") }, "\(lines)")
        try terminal.type("C-c")
        try terminal.wait { folder.exists("done") }
        #expect(try terminal.isCursorVisible)
    }

    @Test(.enabled(if: isInstalled("tmux"), "tmux is not installed"))
    func aFailureRestoresTheTerminal() throws {
        try writeSamples()
        let search = try path(["arecord": Self.plays + "echo unplugged >&2\nexit 3"])
        let terminal = try Terminal(
            running:
                "stty -a > before\nPATH='\(search)' '\(Program.path)' listen --recorder arecord\necho $? > status\nstty -a > after\ntouch done",
            in: folder)
        try terminal.wait { folder.exists("done") }
        #expect(try folder.text("status") == "1\n" && folder.text("after") == folder.text("before") && terminal.isCursorVisible)
        #expect(try terminal.lines().joined().contains("arecord ended with exit status 3: unplugged."))
    }

    // MARK: - Output

    @Test func eventsAreThoseOfStream() throws {
        try writeSamples()
        let run = try listen(["--format", "jsonl", "--interval", "0.5"], ["pw-record": Self.plays])
        let streamed = try Program.run(["stream", "--interval", "0.5"], in: folder, .init(input: folder.file("samples")))
        #expect(run.status == 0 && run.errors.isEmpty && run.output == streamed.output && run.output.contains("finished"), "\(run)")
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func withoutATerminalSegmentsArePrinted() throws {
        try writeSamples()
        let run = try listen([], ["pw-record": Self.plays])
        let lines = run.output.split(separator: "\n")
        #expect(run.status == 0 && lines.count == 2 && !run.output.contains("\u{1B}"), "\(run)")
        #expect(lines.first?.hasPrefix("00:00.") == true && lines.first?.contains("  anger") == true)
        #expect(lines.last?.hasPrefix("anger ") == true && lines.last?.hasSuffix(" s)") == true)
    }

    @Test(arguments: ["text", "jsonl"]) func anInterruptionFinishesTheSession(format: String) throws {
        try writeSamples()
        let run = try Program.start(
            ["listen", "--format", format], in: folder, .init(environment: ["PATH": path(["pw-record": Self.plays + Self.goesOn])]))
        try run.wait { run.handlesInterruption && folder.exists("process") }
        run.send(SIGINT)
        let end = run.wait()
        let last = end.output.split(separator: "\n").last
        #expect(end.status == 130 && last?.contains(format == "text" ? " s" : "\"finished\"") == true, "\(end)")
        #expect(try hasEnded())
    }

    /// Whether the recorder's process is gone.
    private func hasEnded() throws -> Bool {
        let process = try #require(pid_t(try folder.text("process").trimmingCharacters(in: .whitespacesAndNewlines)))
        return kill(process, 0) != 0
    }

    // MARK: - Recorders

    static let recorders = [
        ("pw-record", "--rate 16000 --channels 1 --format s16 --latency 50ms --target my mic -"),
        ("parec", "--raw --format=s16le --rate=16000 --channels=1 --latency-msec=50 --device=my mic"),
        ("arecord", "-q -t raw -f S16_LE -r 16000 -c 1 --period-time=50000 -D my mic"),
    ]

    @Test(arguments: recorders) func recordersGetTheirArguments(name: String, arguments: String) throws {
        try writeSamples()
        let run = try listen(["--recorder", name, "--device", "my mic", "--format", "jsonl"], [name: Self.plays])
        #expect(try run.status == 0 && folder.text("arguments") == arguments + "\n", "\(run)")
    }

    @Test func newerVersionsOfPipeWireWriteNoHeader() throws {
        try writeSamples()
        let script = "[ \"$1\" = --help ] && echo '  -a, --raw  RAW mode' && exit\n" + Self.plays
        let run = try listen(["--format", "jsonl"], ["pw-record": script])
        #expect(try run.status == 0 && folder.text("arguments").hasSuffix(" --raw -\n"), "\(run)")
    }

    @Test func theFirstInstalledRecorderIsUsed() throws {
        try writeSamples()
        let run = try listen(["--format", "jsonl"], ["arecord": "exit 1", "parec": "exit 1", "pw-record": Self.plays])
        #expect(try run.status == 0 && folder.text("arguments").contains("--latency 50ms"), "\(run)")
    }

    @Test func missingRecordersAreNamedWithTheirPackages() throws {
        func run(_ arguments: [String]) throws -> FinishedProgram {
            try Program.run(["listen"] + arguments, in: folder, .init(environment: ["PATH": folder.path]))
        }
        let none = try run([])
        for word in ["pw-record", "parec", "arecord", "pipewire-bin", "pulseaudio-utils", "alsa-utils"] {
            #expect(none.status == 1 && none.errors.contains(word), "\(none)")
        }
        let one = try run(["--recorder", "parec"])
        #expect(one.status == 1 && one.errors.contains("parec is not in PATH. Install the Debian package pulseaudio-utils."), "\(one)")
        #expect(try run(["--recorder", "sox"]).status == 2)
    }

    /// A failure comes with the recorder's own words, after what has been heard.
    @Test(arguments: [
        ("echo one >&2\necho 'no such device' >&2\nexit 1", "arecord ended with exit status 1: no such device. Check", false),
        ("exit 0", "arecord ended with exit status 0. Check", false), ("kill -9 $$", "killed by signal 9", false),
        (plays + "echo 'unplugged.' >&2\nexit 2", "arecord ended with exit status 2: unplugged. Check", true),
        ("echo busy >&2\nexec sleep 60", "arecord wrote no samples for 5 seconds: busy. Check", false),
    ])
    func aRecorderThatFailsIsAnError(script: String, words: String, hasHeard: Bool) throws {
        try writeSamples()
        let run = try listen(["--recorder", "arecord", "--format", "jsonl"], ["arecord": script])
        #expect(run.status == 1 && run.errors.contains(words) && run.output.contains("finished") == hasHeard, "\(run)")
    }
}
