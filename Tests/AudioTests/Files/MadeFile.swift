import Foundation
import StimmungAudio
import StimmungSupport
import StimmungTestSupport
import Testing

/// A file that a shell script makes with ffmpeg and sox, and what reading it should give.
struct MadeFile: CustomTestStringConvertible, Sendable {
    /// How long the recording is, by an independent program.
    enum Referee: Sendable {
        /// ffmpeg decodes the file to samples, which are counted.
        case ffmpeg
        /// The same for sox, where ffmpeg reads less, or other times, from the same bytes; the case says why.
        case sox
        /// ffmpeg decodes these files, of which the file was put together.
        case parts([String])
        /// The script itself makes the length known, in seconds.
        case known(Double)
    }

    enum Expectation: Sendable, Equatable {
        /// The referee's duration, and no warning.
        case same
        /// The referee's duration, and a warning with this code.
        case sameWithWarning(String)
        /// A warning with this code, whatever the duration.
        case warning(String)
        /// An error with this code.
        case error(String)
    }

    var name: String
    /// Makes the file under its name in the working folder; `Script.prelude` defines the short commands.
    var script: String
    var referee = Referee.ffmpeg
    var expectation = Expectation.same

    var testDescription: String { "\(name): \(script)" }
    var needsSox: Bool {
        if case .sox = referee { return true }
        return script.split(whereSeparator: { " ;{".contains($0) }).contains { ["s", "q", "sox"].contains($0) }
    }

    /// Seconds by which durations may differ: a frame or two of a lossy codec.
    private static let tolerance = 0.05

    /// Makes the file, reads it and compares.
    ///
    /// - Returns: what is wrong; nil where all is as expected.
    func problem(in folder: String) throws -> String? {
        try Script.run(script, in: folder)
        let path = "\(folder)/\(name)"
        let samples: [Float]
        let warnings: [RecordingWarning]
        do {
            (samples, warnings) = try AudioFile.readWithWarnings(AudioSegment(path: path))
        } catch {
            return expectation == .error(error.code) ? nil : "error \(error)"
        }
        let ours = Double(samples.count) / 16000
        let codes = warnings.map(\.code)
        switch expectation {
        case .error(let code): return "\(ours) s, but not the error \(code)"
        case .warning(let code): return codes.contains(code) ? nil : "\(ours) s, \(codes) and not the warning \(code)"
        case .sameWithWarning(let code) where !codes.contains(code): return "\(ours) s, \(codes) and not the warning \(code)"
        case .same where !codes.isEmpty: return "\(ours) s, the unexpected warnings \(warnings.map(\.message))"
        case .same, .sameWithWarning:
            let theirs = try duration(by: referee, path, folder)
            return abs(ours - theirs) <= Self.tolerance ? nil : "\(ours) s, but the referee has \(theirs) s"
        }
    }

    private func duration(by referee: Referee, _ path: String, _ folder: String) throws -> Double {
        // Resampled to one channel at 8 kHz, so that bytes tell the time.
        let seconds = { (file: String) in
            try Script.bytes(
                "ffmpeg", ["-nostdin", "-v", "error", "-i", "file:\(file)", "-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "u8", "-"])
                / 8000
        }
        return switch referee {
        case .ffmpeg: try seconds(path)
        case .sox: try Script.bytes("sox", ["-V1", path, "-t", "raw", "-c", "1", "-r", "8000", "-b", "8", "-e", "unsigned", "-"]) / 8000
        case .parts(let names): try names.reduce(0) { try $0 + seconds("\(folder)/\($1)") }
        case .known(let seconds): seconds
        }
    }
}

/// Child processes of the tests with made files.
enum Script {
    /// 1.3 seconds of a signal like speech at 16 kHz are `$S`, 0.9 seconds of another at 44.1 kHz in stereo `$T`.
    ///
    /// - `f`: ffmpeg encodes `$S`, with the options and the name that follow; `p NAME …` through a pipe, so that no length is filled in.
    /// - `s`: sox does, with the format and the effects that follow; `q NAME …` through a pipe.
    /// - `id3v1`, `id3v2`, `ape`, `zeros`, `xmp`, `noise`: bytes to put before or after a recording.
    private static let prelude = """
        set -e
        f() { ffmpeg -nostdin -v error -y -i "$S" "$@" 2>/dev/null; }
        t() { ffmpeg -nostdin -v error -y -i "$T" "$@" 2>/dev/null; }
        p() { out=$1; shift; f "$@" - | cat > "$out"; }
        s() { sox -V1 "$S" "$@"; }
        q() { out=$1; shift; s "$@" - | cat > "$out"; }
        zeros() { head -c "$1" /dev/zero; }
        noise() { seq 1 60000 | gzip -n9 | head -c "$1"; }
        id3v1() { printf 'TAGTitle'; zeros 120; }
        id3v2() { printf 'ID3\\003\\000\\000\\000\\000\\002\\000TIT2'; zeros 252; }
        ape() { printf '\\004\\000\\000\\000\\000\\000\\000\\000Title\\000abcdAPETAGEX\\320\\007\\000\\000\\062\\000\\000\\000\\001\\000\\000\\000'; zeros 12; }
        xmp() { printf '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">'; head -c 2000 /dev/zero | tr '\\000' ' '; printf '</x:xmpmeta>'; }
        bytes() { printf "$2" | dd of="$1" bs=1 seek="$3" conv=notrunc 2>/dev/null; }
        """

    static func run(_ script: String, in folder: String) throws {
        let signals = try signals.get()
        let child = try ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "\(prelude)\n\(script)"],
            environment: ["S": signals.file("s.wav"), "T": signals.file("t.wav")],
            folder: folder, limits: .init(total: 60))
        let outcome = try child.outcome()
        guard outcome.ending == .exited(status: 0) else { throw ScriptFailure(script: script, reason: outcome.errorText) }
    }

    /// The number of bytes that a program writes.
    static func bytes(_ program: String, _ arguments: [String]) throws -> Double {
        let child = try ChildProcess(
            executable: #require(ProgramSearch.find(program, in: ProgramSearch.standardPath)), arguments: arguments,
            limits: .init(total: 60))
        var count = 0
        while case let part = try child.read(), !part.isEmpty { count += part.count }
        _ = try child.finish()
        return Double(count)
    }

    /// Made once.
    private static let signals = Result {
        let folder = try TemporaryFolder()
        try folder.encode(.speechLike(seconds: 1.3, sampleRate: 16000, stereo: false), [], to: "s.wav")
        try folder.encode(.speechLike(seconds: 0.9, sampleRate: 44100, stereo: true), [], to: "t.wav")
        return folder
    }
}

struct ScriptFailure: Error, CustomStringConvertible {
    let script: String
    let reason: String
    var description: String { "\(script) failed: \(reason)" }
}
