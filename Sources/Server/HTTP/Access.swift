import Foundation

/// Which pages may use the server.
///
/// A page of another origin could send requests from the browser of someone who can reach the server, and by a name that it controls (DNS
/// rebinding) even read the answers. So `Origin` must be the server's own or an allowed one, and `Host` must be an IP address, the name of this
/// machine or that of an allowed origin.
package struct Access: Sendable {
    /// Why a request is refused: a code and a sentence.
    package struct Refusal: Equatable, Sendable {
        package let code: String
        package let detail: String
    }

    private let origins: Set<String>
    private let hosts: Set<String>

    /// - Parameters:
    ///   - host: the address that the server listens on.
    ///   - origins: others that are allowed, such as `https://example.org`.
    /// - Throws: `ServerError.badOrigin`.
    package init(host: String, origins: [String]) throws(ServerError) {
        var names: Set = ["localhost", host.lowercased(), ProcessInfo.processInfo.hostName.lowercased()]
        for origin in origins {
            guard let parts = URLComponents(string: origin), ["http", "https"].contains(parts.scheme), let name = parts.host, !name.isEmpty,
                parts.path.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil
            else { throw .badOrigin(origin) }
            names.insert(name.lowercased())
        }
        self.origins = Set(origins.map { $0.lowercased() })
        hosts = names
    }

    /// Why a request with these headers is refused; nil if it is not.
    package func refusal(host: String?, origin: String?) -> Refusal? {
        guard let host, let name = Self.name(of: host), hosts.contains(name) || Self.isAddress(name) else {
            return Refusal(
                code: "request.host", detail: "The Host of the request is not this server's. Its operator can allow it (--allow-origin).")
        }
        guard let origin, !allows(origin) else { return nil }
        let own = ["http://", "https://"].contains { origin.lowercased() == $0 + host.lowercased() }
        return own
            ? nil
            : Refusal(
                code: "request.origin", detail: "Pages of this origin may not use the server. Its operator can allow it (--allow-origin).")
    }

    /// Whether pages of this origin may read answers.
    func allows(_ origin: String) -> Bool { origins.contains(origin.lowercased()) }

    /// `example.org` of `Example.org:8080`, `::1` of `[::1]:8080`; nil if the text is not a host.
    private static func name(of host: String) -> String? {
        if host.hasPrefix("[") {
            return host.firstIndex(of: "]").map { String(host[host.index(after: host.startIndex)..<$0]).lowercased() }
        }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].isEmpty, parts.count == 1 || Int(parts[1]) != nil else { return nil }
        return parts[0].lowercased()
    }

    private static func isAddress(_ name: String) -> Bool {
        var (four, six) = (in_addr(), in6_addr())
        return inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1
    }
}
