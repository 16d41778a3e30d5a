/// A file format for features. The raw value is also the usual ending of the file's name.
package enum FeatureFormat: String, Codable, Sendable, CaseIterable {
    /// Text: a header with the names, then a line for each frame, `time` (its start in seconds) first.
    case csv
    /// NumPy's array file, version 1.0: `frames × width` single-precision numbers, row by row.
    case npy
    /// HTK's parameter file.
    case htk
    /// Weka's attribute-relation file: as CSV, with typed attributes.
    case arff
}
