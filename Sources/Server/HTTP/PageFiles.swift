#if Server
import HTTPTypes
import Hummingbird
import NIOCore

/// The files of the page, embedded in the program, with strict headers.
enum PageFiles {
    /// By address; `/` is `index.html`.
    static let all: [String: File] = Dictionary(
        uniqueKeysWithValues: embeddedFiles.map { name, text in
            (name == "index.html" ? "/" : "/\(name)", File(name: name, body: ByteBuffer(string: text)))
        })

    struct File: Sendable {
        fileprivate let name: String
        fileprivate let body: ByteBuffer

        var response: Response {
            Response(
                status: .ok,
                headers: [
                    .contentType: type, .cacheControl: "no-cache", .contentSecurityPolicy: PageFiles.policy, .xFrameOptions: "DENY",
                    .referrerPolicy: "no-referrer", .permissionsPolicy: "microphone=(self), camera=(), geolocation=()",
                ], body: .init(byteBuffer: body))
        }

        private var type: String {
            switch name.split(separator: ".").last {
            case "html"?: "text/html; charset=utf-8"
            case "js"?: "text/javascript; charset=utf-8"
            case "css"?: "text/css; charset=utf-8"
            case "svg"?: "image/svg+xml"
            case "yaml"?: "application/yaml"
            default: "application/octet-stream"
            }
        }
    }

    /// Everything comes from this server, scripts and styles from files.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self'; "
        + "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

extension HTTPField.Name {
    fileprivate static let xFrameOptions = Self("X-Frame-Options")!
    fileprivate static let referrerPolicy = Self("Referrer-Policy")!
    fileprivate static let permissionsPolicy = Self("Permissions-Policy")!
}
#endif
