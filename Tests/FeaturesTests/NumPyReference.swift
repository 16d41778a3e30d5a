import Foundation
import StimmungTestSupport
import Testing

/// Runs Python programs with NumPy, an independent reference for these tests.
enum NumPy {
    private static let interpreter = Python(importing: "numpy")

    static let isAvailable = interpreter != nil

    /// Runs Python with the given arguments.
    ///
    /// - Returns: its standard output.
    static func python(_ arguments: [String]) throws -> String { try #require(interpreter).run(arguments) }

    /// The features that `reference/mfcc_numpy.py` computes for each file, row by row.
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
}
