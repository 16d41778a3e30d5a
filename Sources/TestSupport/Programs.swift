import Foundation

/// Whether a program is in PATH.
package func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + program) }
}

/// A program whose exit status is not 0.
package struct ProgramFailure: Error, CustomStringConvertible {
    package let command: [String]
    package let status: Int32

    package var description: String { "\(command.joined(separator: " ").prefix(500)) failed with exit status \(status)" }
}

/// Runs a program in PATH and waits for its end.
///
/// - Returns: its standard output.
/// - Throws: `ProgramFailure` if its exit status is not 0.
@discardableResult
package func runProgram(_ program: String, _ arguments: [String], silencesErrors: Bool = false) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    if silencesErrors { process.standardError = FileHandle.nullDevice }
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ProgramFailure(command: [program] + arguments, status: process.terminationStatus) }
    return String(decoding: output, as: UTF8.self)
}

extension TemporaryFolder {
    /// Writes a shell script with the name of a program, alone in a new subfolder.
    ///
    /// A child process writes it: if this process had it open for writing while another test starts a child, running it would fail ("text
    /// file busy").
    ///
    /// - Returns: the subfolder, for a search path.
    /// - Throws: `ProgramFailure` if it cannot be written.
    package func fakeProgram(_ name: String, _ script: String) throws -> String {
        let bin = file("bin-\(UUID().uuidString)")
        try runProgram(
            "/bin/sh",
            ["-c", "mkdir -p \"$1\" && printf '%s' \"$3\" > \"$1/$2\" && chmod 755 \"$1/$2\"", "sh", bin, name, "#!/bin/sh\n\(script)\n"])
        return bin
    }
}

/// A Python interpreter for independent reference implementations: `STIMMUNG_PYTHON`, or `python3`.
package struct Python: Sendable {
    private let interpreter: String

    /// - Returns: nil if no interpreter can import all of these modules.
    package init?(importing modules: String) {
        let candidates = [ProcessInfo.processInfo.environment["STIMMUNG_PYTHON"], "python3"].compactMap(\.self)
        let found = candidates.first { (try? runProgram($0, ["-c", "import \(modules)"], silencesErrors: true)) != nil }
        guard let found else { return nil }
        interpreter = found
    }

    /// - Returns: the standard output.
    /// - Throws: `ProgramFailure` if the exit status is not 0.
    @discardableResult
    package func run(_ arguments: [String]) throws -> String { try runProgram(interpreter, arguments) }

    /// The standard output, whatever the exit status.
    package func output(_ arguments: [String]) throws -> String {
        try runProgram("sh", ["-c", "\"$0\" \"$@\" || true", interpreter] + arguments)
    }
}
