#if Server
import Foundation
import NIOHTTP1

/// What a request asks for: a WebSocket session, or something else.
package enum Handshake: Equatable {
    case none
    case session
    /// One for a session that RFC 6455 §4.2.1 does not allow. The reason is a clause.
    case malformed(reason: String)

    /// Reads the head of a request. One of another version of the protocol is none: `Routes` answers it with the version.
    package init(_ head: HTTPRequestHead) {
        let headers = head.headers
        guard headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }),
            headers["sec-websocket-version"] == ["13"]
        else {
            self = .none
            return
        }
        let keys = headers["sec-websocket-key"]
        self =
            if head.method != .GET {
                .malformed(reason: "its method must be GET")
            } else if head.version == .http1_0 {
                .malformed(reason: "it needs HTTP/1.1")
            } else if keys.count != 1 || Data(base64Encoded: keys[0])?.count != 16 {
                .malformed(reason: "Sec-WebSocket-Key must be 16 bytes in Base64, once")
            } else if headers.contains(name: "content-length") || headers.contains(name: "transfer-encoding") {
                .malformed(reason: "it must not have a body")
            } else {
                .session
            }
    }
}
#endif
