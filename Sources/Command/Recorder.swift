import Foundation
import StimmungAudio
import StimmungSupport

/// A program that records from a microphone and writes samples to standard output.
enum RecorderProgram: String, CaseIterable {
    case pwRecord = "pw-record"
    case parec
    case arecord

    /// The Debian package with the program.
    var package: String {
        switch self {
        case .pwRecord: "pipewire-bin"
        case .parec: "pulseaudio-utils"
        case .arecord: "alsa-utils"
        }
    }

    /// The first program that is installed, in the order of the cases.
    static var installed: (RecorderProgram, path: String)? {
        allCases.lazy.compactMap { program in ProgramSearch.find(program.rawValue).map { (program, path: $0) } }.first
    }

    /// Arguments for mono samples of 16 bits without a header, in pieces of 50 ms.
    fileprivate func arguments(rate: Int, device: String?, path: String) -> [String] {
        switch self {
        case .pwRecord:
            ["--rate", "\(rate)", "--channels", "1", "--format", "s16", "--latency", "50ms"]
                + (Self.writesHeaders(path) ? ["--raw"] : []) + (device.map { ["--target", $0] } ?? []) + ["-"]
        case .parec:
            ["--raw", "--format=s16le", "--rate=\(rate)", "--channels=1", "--latency-msec=50"] + (device.map { ["--device=\($0)"] } ?? [])
        case .arecord:
            ["-q", "-t", "raw", "-f", "S16_LE", "-r", "\(rate)", "-c", "1", "--period-time=50000"] + (device.map { ["-D", $0] } ?? [])
        }
    }

    /// Newer versions of pw-record write a header unless told not to; older ones write none and do not know the option.
    private static func writesHeaders(_ path: String) -> Bool {
        let help = try? ChildProcess(executable: path, arguments: ["--help"], limits: .init(total: 5)).outcome()
        return help?.output.contains("--raw") == true || help?.errorText.contains("--raw") == true
    }
}

/// Why nothing can be recorded.
enum RecorderError: StimmungError, Equatable {
    /// None of the programs is installed.
    case noneInstalled
    /// The chosen program is not installed.
    case notInstalled(RecorderProgram)
    /// The program could not be started or read. `reason` is a clause.
    case unusable(RecorderProgram, reason: String)
    /// The program ended by itself. `message` is its last line on standard error.
    case ended(RecorderProgram, ending: String, message: String?)
    /// The program wrote no samples for this many seconds.
    case silent(RecorderProgram, seconds: Double, message: String?)

    var code: String {
        switch self {
        case .noneInstalled: "recorder.none-installed"
        case .notInstalled: "recorder.not-installed"
        case .unusable: "recorder.unusable"
        case .ended: "recorder.ended"
        case .silent: "recorder.silent"
        }
    }

    var description: String {
        switch self {
        case .noneInstalled:
            "No program that records is in PATH. Install one of the Debian packages "
                + RecorderProgram.allCases.map { "\($0.package) (\($0.rawValue))" }.joined(separator: ", ") + "."
        case .notInstalled(let program): "\(program.rawValue) is not in PATH. Install the Debian package \(program.package)."
        case .unusable(let program, let reason): "\(program.rawValue) failed: \(reason)."
        case .ended(let program, let ending, let message): "\(program.rawValue) ended with \(ending)" + Self.quoted(message)
        case .silent(let program, let seconds, let message):
            "\(program.rawValue) wrote no samples for \(Int(seconds)) seconds" + Self.quoted(message)
        }
    }

    private static func quoted(_ message: String?) -> String {
        guard let message else { return "." }
        return ": \(message)" + (message.hasSuffix(".") ? "" : ".")
    }
}

/// A running recorder. It is killed with the last reference.
final class Recorder {
    /// Samples per second.
    static let rate = 16_000
    static let layout = SampleLayout(.integer16, rate: rate, channels: 1)
    /// Seconds without a sample after which the recorder counts as broken.
    private static let longestSilence = 5.0

    private let program: RecorderProgram
    private let child: ChildProcess
    private var isEmpty = true

    /// - Parameters:
    ///   - chosen: nil for the first one that is installed.
    ///   - device: the recorder's name of a device; nil for its default.
    ///   - cancellation: ends the recording.
    /// - Throws: `RecorderError`
    init(_ chosen: RecorderProgram?, device: String?, _ cancellation: Cancellation) throws {
        let path: String
        if let chosen {
            guard let found = ProgramSearch.find(chosen.rawValue) else { throw RecorderError.notInstalled(chosen) }
            (program, path) = (chosen, found)
        } else {
            guard let installed = RecorderProgram.installed else { throw RecorderError.noneInstalled }
            (program, path) = installed
        }
        do {
            child = try ChildProcess(
                executable: path, arguments: program.arguments(rate: Self.rate, device: device, path: path),
                limits: .init(silence: Self.longestSilence, cancellation: cancellation))
        } catch { throw RecorderError.unusable(program, reason: error.reason) }
    }

    /// The next bytes; empty at the end of a recorder that ended without a failure.
    ///
    /// - Throws: `Cancelled`, or a `RecorderError` if the recorder fails, is silent or ends without a sample.
    func next() throws -> [UInt8] {
        do {
            let bytes = try child.read()
            if bytes.isEmpty { try checkEnd() } else { isEmpty = false }
            return bytes
        } catch let failure as ChildProcess.Failure {
            switch failure {
            case .cancelled: throw Cancelled()
            case .stalled(let seconds): throw RecorderError.silent(program, seconds: seconds, message: message)
            case .notStarted, .outOfTime, .notRead: throw RecorderError.unusable(program, reason: failure.reason)
            }
        }
    }

    private func checkEnd() throws {
        let ending = try child.finish()
        if ending != .exited(status: 0) || isEmpty {
            throw RecorderError.ended(program, ending: ending.words, message: message)
        }
    }

    /// The last line of the recorder's error output.
    private var message: String? {
        child.errorText.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.last { !$0.isEmpty }
    }
}
