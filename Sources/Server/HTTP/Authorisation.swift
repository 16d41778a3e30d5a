// A file of its own: one of the concepts of this folder.

import StimmungSupport

/// Checks the header `Authorization: Bearer TOKEN` (RFC 6750).
struct Authorisation: Sendable {
    /// Nil if the server has none.
    let token: Token?

    /// Whether a request with this header may be answered.
    func isAuthorised(_ header: String?) -> Bool {
        guard let token else { return true }
        guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else { return false }
        return token.matches(header[header.index(after: space)...].drop { $0 == " " })
    }

    /// Whether a session with this token in its first message may go on.
    func isAuthorised(token text: String?) -> Bool { token.map { token in text.map { token.matches($0) } ?? false } ?? true }
}
