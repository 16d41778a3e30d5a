import Foundation
import StimmungSupport

/// The files that the rows of a manifest mean.
struct ManifestFiles {
    private let folder: String
    private var known: [[UInt8]: (path: String, exists: Bool)] = [:]

    /// - Parameter folder: that of the manifest, to which paths are relative.
    init(folder: String) {
        self.folder = folder
    }

    /// The path of the file that a field names, and whether there is one. Each file is looked for once.
    ///
    /// The first of these that exists: the name as written, without outer spaces, with slashes for the backslashes of Windows, and each of
    /// them in the other Unicode forms, for a name that was typed on one system and stored on another.
    mutating func path(_ field: String) -> (path: String, exists: Bool) {
        let key = Array(field.utf8)
        if let known = known[key] { return known }
        let trimmed = field.trimmingCharacters(in: .whitespacesAndNewlines)
        let found = Self.forms(field, trimmed).map(absolute).first { FileManager.default.fileExists(atPath: $0) }
        let result = (path: found ?? absolute(trimmed), exists: found != nil)
        known[key] = result
        return result
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : joined(folder, path) }

    private static func forms(_ field: String, _ trimmed: String) -> [String] {
        var forms = field.utf8.elementsEqual(trimmed.utf8) ? [field] : [field, trimmed]
        if trimmed.contains("\\") { forms.append(trimmed.replacing("\\", with: "/")) }
        let isPlain = field.utf8.allSatisfy { $0 < 0x80 }
        return isPlain
            ? forms : forms + forms.flatMap { [$0.precomposedStringWithCanonicalMapping, $0.decomposedStringWithCanonicalMapping] }
    }
}
