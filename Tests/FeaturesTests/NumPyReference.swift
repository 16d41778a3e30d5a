import Foundation
import Testing

/// Runs Python programs with NumPy: the second opinion of these tests.
enum NumPy {
    /// The interpreter: `STIMMUNG_PYTHON`, or `python3`, if it can import numpy.
    static let interpreter: [String]? = {
        let candidates = [ProcessInfo.processInfo.environment["STIMMUNG_PYTHON"].map { [$0] }, ["/usr/bin/env", "python3"]]
        return candidates.compactMap(\.self).first { (try? run($0 + ["-c", "import numpy"]))?.status == 0 }
    }()

    static let isAvailable = interpreter != nil

    /// Runs Python with these arguments and gives its standard output.
    static func python(_ arguments: [String]) throws -> String {
        let (status, output) = try run(#require(interpreter) + arguments)
        try #require(status == 0, "python3 \(arguments.prefix(4)) ended with \(status)")
        return output
    }

    /// The features that `reference/mfcc_numpy.py` computes of each file, row by row.
    static func features(kind: String, scale: String, deltas: Int, files: [URL]) throws -> [[Double]] {
        try withTemporaryFolder { folder in
            let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("reference/mfcc_numpy.py")
            _ = try python([program.path, folder.path, kind, scale, "\(deltas)"] + files.map(\.path))
            return try files.indices.map { index in
                let data = try Data(contentsOf: folder.appendingPathComponent("\(index).f64"))
                return data.withUnsafeBytes { bytes in
                    (0..<bytes.count / 8).map {
                        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
                    }
                }
            }
        }
    }

    private static func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
