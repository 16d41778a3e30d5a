import Foundation

/// Whether a program can be found in PATH.
package func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + program) }
}

/// A program that did not end with status 0.
package struct ProgramFailure: Error, CustomStringConvertible {
    package let command: [String]
    package let status: Int32

    package var description: String { "\(command.joined(separator: " ").prefix(500)) ended with status \(status)" }
}

/// Runs a program, found in PATH, to its end.
///
/// - Returns: its standard output.
/// - Throws: `ProgramFailure`
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
    /// A shell script that is found under the name of a program, alone in a new folder of this one.
    ///
    /// Another process writes it: were it open for writing here while another test starts a child, it could not be run ("text file busy").
    ///
    /// - Returns: the folder, for a search path.
    package func fakeProgram(_ name: String, _ script: String) throws -> String {
        let bin = file("bin-\(UUID().uuidString)")
        try runProgram(
            "/bin/sh",
            ["-c", "mkdir -p \"$1\" && printf '%s' \"$3\" > \"$1/$2\" && chmod 755 \"$1/$2\"", "sh", bin, name, "#!/bin/sh\n\(script)\n"])
        return bin
    }
}

/// A Python interpreter for the independent implementations that results are compared with: `STIMMUNG_PYTHON`, or `python3`.
package struct Python: Sendable {
    private let interpreter: String

    /// - Returns: nil where no interpreter can import all of these modules.
    package init?(importing modules: String) {
        let candidates = [ProcessInfo.processInfo.environment["STIMMUNG_PYTHON"], "python3"].compactMap(\.self)
        let found = candidates.first { (try? runProgram($0, ["-c", "import \(modules)"], silencesErrors: true)) != nil }
        guard let found else { return nil }
        interpreter = found
    }

    /// - Returns: the standard output.
    /// - Throws: `ProgramFailure`
    @discardableResult
    package func run(_ arguments: [String]) throws -> String { try runProgram(interpreter, arguments) }
}
