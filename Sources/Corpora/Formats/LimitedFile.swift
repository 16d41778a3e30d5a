import Foundation
import StimmungSupport

/// Text files of a corpus that may come from anywhere.
enum LimitedFile {
    /// Largest list, in bytes.
    static let list = 256 << 20

    /// The text of a file. Bytes that are not UTF-8 are kept as in `PathBytes`.
    ///
    /// - Parameter limit: largest size in bytes; a larger file is not read.
    /// - Throws: `unreadable`
    static func text(_ path: String, limit: Int = list) throws(CorpusError) -> String {
        let data: Data
        do { data = try Files.read(path, atMost: limit + 1) } catch { throw .unreadable(path: path, reason: error.reason) }
        if data.count > limit { throw .unreadable(path: path, reason: "it is larger than \(limit >> 20) MiB") }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return PathBytes.string(from: data.starts(with: mark) ? data.dropFirst(mark.count) : data)
    }

    /// The lines of a file that have content, numbered from 1.
    ///
    /// - Throws: `unreadable`
    static func lines(_ path: String) throws(CorpusError) -> [(number: Int, text: Substring)] {
        let lines = try text(path).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.enumerated().filter { !$0.element.allSatisfy(\.isWhitespace) }.map { ($0.offset + 1, $0.element) }
    }
}
