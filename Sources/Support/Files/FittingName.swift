// A file of its own: one rule, which predictions and features share.

import Foundation

/// The file name `name` + `suffix`, shortened if it is too long for the file system: the beginning of `name`, `~`, and a hash of the whole `name` in 16
/// hexadecimal digits.
///
/// - Parameters:
///   - suffix: never shortened, such as `.channel-2.json`.
///   - limit: largest number of bytes.
package func fittingName(_ name: String, suffix: String, limit: Int) -> String {
    func width(_ scalar: Unicode.Scalar) -> Int { PathBytes.byte(scalar) == nil ? UTF8.width(scalar) : 1 }
    var size = name.unicodeScalars.reduce(0) { $0 + width($1) }
    guard size + suffix.utf8.count > limit else { return name + suffix }
    let mark = "~" + ContentHash(name).text.prefix(16)
    let room = max(0, limit - suffix.utf8.count - mark.utf8.count)
    var kept = name.unicodeScalars[...]
    while size > room, let last = kept.popLast() { size -= width(last) }
    return String(kept) + mark + suffix
}

/// The largest number of bytes of a file name in a folder; 255 if the system does not report it.
package func longestName(in folder: String) -> Int {
    let limit = folder.withPath { pathconf($0, Int32(_PC_NAME_MAX)) }
    return limit > 0 ? limit : 255
}
