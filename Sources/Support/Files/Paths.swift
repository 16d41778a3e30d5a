// A file of its own: functions on paths that do not access files.

import Foundation

// Byte by byte, as in the file system: in Swift, a slash or a dot before a combining mark is another character.

private let slash = UInt8(ascii: "/")

/// `name` below `folder`; the folder `.` is omitted.
package func joined(_ folder: String, _ name: String) -> String {
    if folder.isEmpty || folder == "." { return name }
    return folder.utf8.last == slash ? folder + name : folder + "/" + name
}

/// The folder part of a path: `a` of `a/b`, `/` of `/b`, nothing of `b`.
///
/// Foundation's `deletingLastPathComponent` traps for a name of one character.
package func folder(of path: String) -> String {
    var parts = path.utf8[...]
    while parts.count > 1, parts.last == slash { parts.removeLast() }
    guard let end = parts.lastIndex(of: slash) else { return "" }
    var folder = parts[..<end]
    while folder.last == slash { folder.removeLast() }
    return folder.isEmpty ? "/" : String(folder) ?? ""
}

/// The last part of a path: `b.wav` of `a/b.wav`.
package func fileName(of path: String) -> String {
    path.utf8.split(separator: slash).last.flatMap { String($0) } ?? ""
}

/// A file's name without its extension: `b` of `a/b.wav`, `.b` of `.b`.
package func stem(of path: String) -> String {
    let name = fileName(of: path)
    guard let dot = dot(in: name) else { return name }
    return String(name.utf8[..<dot]) ?? name
}

/// A file's extension in lower case: `wav` of `a/b.WAV`; empty if there is none.
package func fileExtension(of path: String) -> String {
    let name = fileName(of: path)
    guard let dot = dot(in: name) else { return "" }
    return String(name.utf8[name.utf8.index(after: dot)...])?.lowercased() ?? ""
}

private func dot(in name: String) -> String.Index? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return nil }
    return dot
}

/// A path relative to a folder; nil if it is not below that folder. Both are compared as written.
package func relativePath(_ path: String, below folder: String) -> String? {
    guard path.utf8.starts(with: folder.utf8) else { return nil }
    let rest = path.utf8.dropFirst(folder.utf8.count)
    guard folder.utf8.last == slash || rest.first == slash else { return nil }
    return String(rest.drop { $0 == slash })
}

/// An absolute path without `.`, `..` and double slashes. Links are not resolved.
package func absolutePath(_ path: String) -> String {
    var parts: [Substring.UTF8View] = []
    var whole = path
    if path.utf8.first != slash, let current = getcwd(nil, 0) {
        whole = PathBytes.string(from: current) + "/" + path
        free(current)
    }
    for part in whole.utf8.split(separator: slash) where !part.elementsEqual(".".utf8) {
        if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.map { String(Substring($0)) }.joined(separator: "/")
}

/// A path from the environment, such as `TMPDIR`; nil if it is unset or empty.
package func environmentPath(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return PathBytes.string(from: value)
}

/// The folder for temporary files: `TMPDIR`, or the system's.
package var temporaryFolder: String { environmentPath("TMPDIR") ?? "/tmp" }

/// A name that is valid as part of any file name: characters other than letters, digits, dots and hyphens become underscores.
package func plainName(_ name: String) -> String {
    String(name.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-.".contains($0) ? $0 : "_" }.prefix(60))
}
