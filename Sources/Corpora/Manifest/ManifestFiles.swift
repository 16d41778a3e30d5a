import Foundation
import StimmungSupport

/// The files that the rows of a manifest mean.
struct ManifestFiles {
    /// What a field means.
    struct Found {
        let path: String
        let exists: Bool
        /// Whether the encoding of the name was guessed.
        let isGuessed: Bool
    }

    private let folder: String
    private var known: [PathKey: Found] = [:]

    /// - Parameter folder: that of the manifest, to which paths are relative.
    init(folder: String) {
        self.folder = folder
    }

    /// The file that a field names. Each file is looked for once.
    ///
    /// The first of these that exists: the name as written, byte by byte; without outer spaces; read as Windows-1252 where it is not UTF-8; with
    /// slashes for the backslashes of Windows; and each of them in the other Unicode forms, for a name that was typed on one system and
    /// stored on another.
    mutating func path(_ field: String) -> Found {
        let key = PathKey(field)
        if let known = known[key] { return known }
        let trimmed = field.trimmingCharacters(in: .whitespacesAndNewlines)
        let guess = CSVTable.guess(trimmed)
        let exact = Self.forms([field, trimmed]).map(absolute).first(where: Files.exists)
        let guessed = exact == nil ? Self.forms([guess].compactMap(\.self)).map(absolute).first(where: Files.exists) : nil
        let found = Found(
            path: exact ?? guessed ?? absolute(trimmed), exists: exact != nil || guessed != nil, isGuessed: guessed != nil)
        known[key] = found
        return found
    }

    private func absolute(_ path: String) -> String { path.utf8.first == UInt8(ascii: "/") ? path : joined(folder, path) }

    private static func forms(_ names: [String]) -> [String] {
        let slashed = names.filter { $0.utf8.contains(UInt8(ascii: "\\")) }.map { name in
            String(decoding: name.utf8.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
        }
        let forms = names + slashed
        let isPlain = forms.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
        return isPlain
            ? forms : forms + forms.flatMap { [$0.precomposedStringWithCanonicalMapping, $0.decomposedStringWithCanonicalMapping] }
    }
}
