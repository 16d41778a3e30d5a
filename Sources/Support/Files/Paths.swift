// A file of its own: functions on paths that look at no file.

import Foundation

/// `name` below `folder`; the folder `.` is not spelt out.
package func joined(_ folder: String, _ name: String) -> String {
    if folder.isEmpty || folder == "." { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// The folder part of a path: `a` of `a/b`, `/` of `/b`, nothing of `b`.
///
/// Foundation's `deletingLastPathComponent` ends the program for a name of one character.
package func folder(of path: String) -> String {
    var parts = path.utf8[...]
    while parts.count > 1, parts.last == UInt8(ascii: "/") { parts.removeLast() }
    guard let slash = parts.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    var folder = parts[..<slash]
    while folder.last == UInt8(ascii: "/") { folder.removeLast() }
    return folder.isEmpty ? "/" : String(folder) ?? ""
}

/// A name that can be a part of any file's: letters, digits, dots and hyphens stay, all else becomes an underscore.
package func plainName(_ name: String) -> String {
    String(name.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-.".contains($0) ? $0 : "_" }.prefix(60))
}
