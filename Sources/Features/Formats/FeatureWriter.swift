import Foundation
import StimmungSupport
import StimmungTensors

/// Writes features for other programs.
public enum FeatureWriter {
    /// Writes `frames`, which were computed with `options`, to a file. The file is written atomically.
    ///
    /// - Throws: `FeatureError.unsuitable` if the format cannot represent the features, `.unwritable` if the file cannot be written.
    public static func write(_ frames: Matrix, _ options: FeatureOptions, to path: String, format: FeatureFormat) throws(FeatureError) {
        try write(data(frames, options, format: format), to: path)
    }

    /// Writes the contents of such a file atomically.
    ///
    /// - Throws: `FeatureError.unwritable`.
    package static func write(_ contents: Data, to path: String) throws(FeatureError) {
        do { try AtomicFile.write(contents, to: path) } catch { throw .unwritable(file: path, reason: error.reason) }
    }

    /// The contents of such a file, for standard output or a response.
    ///
    /// - Throws: `FeatureError.unsuitable` if the format cannot represent the features.
    package static func data(_ frames: Matrix, _ options: FeatureOptions, format: FeatureFormat) throws(FeatureError) -> Data {
        precondition(frames.columns == options.width, "\(frames.columns) columns, but the options describe \(options.width)")
        return switch format {
        case .csv: csv(frames, options.columnNames) { options.startTime(ofFrame: $0) }
        case .npy: npy(frames)
        case .htk: try htk(frames, options)
        case .arff: arff(frames, options.columnNames) { options.startTime(ofFrame: $0) }
        }
    }
}

/// A file format for features. The raw value is also the usual filename extension.
public enum FeatureFormat: String, Codable, Sendable, CaseIterable {
    /// Text: a header with the column names, then one line per frame; the first column, `time`, is the frame's start in seconds.
    case csv
    /// NumPy's array file, version 1.0: `frames × width` single-precision values, row by row.
    case npy
    /// HTK's parameter file.
    case htk
    /// Weka's attribute-relation file: like CSV, with typed attributes.
    case arff
}
