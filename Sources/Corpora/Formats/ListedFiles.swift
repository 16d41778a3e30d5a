import Foundation
import StimmungSupport

/// The files that the rows of a manifest or another list mean.
struct ListedFiles {
    /// What a field means.
    struct Found {
        let path: String
        let exists: Bool
        /// Whether the encoding of the name was guessed.
        let isGuessed: Bool
        /// Files below the folder of recordings that the field may mean, if there are several.
        let candidates: [String]
    }

    private let folder: String
    private let recordings: PathEndings?
    private var known: [PathKey: Found] = [:]

    /// - Parameters:
    ///   - folder: that of the list, to which paths are relative.
    ///   - recordings: where files are searched that do not exist there.
    init(folder: String, recordings: PathEndings? = nil) {
        self.folder = folder
        self.recordings = recordings
    }

    /// The file that a field names. Each file is looked for once.
    ///
    /// The first of these that exists: the name as written, byte by byte; without outer spaces; read as Windows-1252 where it is not UTF-8; with
    /// slashes for the backslashes of Windows; and each of them in the other Unicode forms, for a name that was typed on one system and
    /// stored on another. Files that do not exist are searched among the recordings.
    mutating func path(_ field: String) -> Found {
        let key = PathKey(field)
        if let known = known[key] { return known }
        let trimmed = field.trimmingCharacters(in: .whitespacesAndNewlines)
        let guess = CSVTable.guess(trimmed)
        let exact = Self.forms([field, trimmed]).map(absolute).first(where: Files.exists)
        let guessed = exact == nil ? Self.forms([guess].compactMap(\.self)).map(absolute).first(where: Files.exists) : nil
        var searched = exact ?? guessed
        var candidates: [String] = []
        if searched == nil, let recordings {
            switch recordings.match(guess ?? trimmed) {
            case .none: break
            case .one(let path): searched = path
            case .several(let paths): candidates = paths
            }
        }
        let found = Found(
            path: searched ?? absolute(trimmed), exists: searched != nil, isGuessed: guessed != nil, candidates: candidates)
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
