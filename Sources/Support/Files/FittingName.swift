import Foundation

/// A file name of `name` and `suffix` that fits into a folder: where it is too long, the beginning of `name`, `~`, and a hash of all of `name` in 16
/// hexadecimal digits.
///
/// - Parameters:
///   - suffix: stays whole, such as `.channel-2.json`.
///   - limit: largest number of bytes.
package func fittingName(_ name: String, suffix: String, limit: Int) -> String {
    guard name.utf8.count + suffix.utf8.count > limit else { return name + suffix }
    let mark = "~" + ContentHash(name).text.prefix(16)
    let room = max(0, limit - suffix.utf8.count - mark.utf8.count)
    var kept = name.unicodeScalars[...]
    while kept.reduce(0, { $0 + UTF8.width($1) }) > room { kept.removeLast() }
    return String(kept) + mark + suffix
}

/// The largest number of bytes of a file name in a folder; 255 where the system does not tell.
package func longestName(in folder: String) -> Int {
    let limit = pathconf(folder, Int32(_PC_NAME_MAX))
    return limit > 0 ? limit : 255
}
