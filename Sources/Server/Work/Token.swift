import Foundation
import StimmungSupport

/// The secret that requests must have. Comparing takes the same time for every wrong text of a length.
package struct Token: Sendable {
    private let digest: [UInt8]

    /// Shortest token, in characters.
    package static let shortest = 16

    /// - Returns: nil unless the text consists of at least 16 visible ASCII characters.
    package init?(_ text: String) {
        guard text.utf8.count >= Self.shortest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        digest = Self.digest(of: text)
    }

    /// Reads the token from a file; white space around it does not count.
    ///
    /// - Throws: `ServerError.badToken` if the file cannot be read or is not a token.
    package init(contentsOf path: String) throws(ServerError) {
        let data: Data
        do { data = try Files.read(path, atMost: 4096) } catch { throw .badToken(file: path, reason: error.reason) }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let token = Token(text) else {
            throw .badToken(file: path, reason: "a token has at least \(Self.shortest) visible ASCII characters")
        }
        self = token
    }

    /// Whether the text is the token. Digests are compared, so neither length nor common prefix shows in the time.
    package func matches(_ text: some StringProtocol) -> Bool {
        zip(digest, Self.digest(of: text)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func digest(of text: some StringProtocol) -> [UInt8] {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return Array(hash.finish())
    }
}
