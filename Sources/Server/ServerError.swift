import Stimmung
import StimmungSupport
import StimmungTensors

/// Why a server cannot start.
package enum ServerError: StimmungError, Equatable {
    /// The file does not hold a token. `reason` is a clause.
    case badToken(file: String, reason: String)
    /// Other machines can reach the address, and there is no token.
    case noToken(host: String)
    /// The address cannot be used. `reason` is the system's message.
    case cannotListen(host: String, port: Int, reason: String)
    /// The text is not an origin.
    case badOrigin(String)
    /// The folder of voices cannot be used. `reason` is a clause.
    case badVoices(folder: String, reason: String)

    package var code: String {
        switch self {
        case .badToken: "server.bad-token"
        case .noToken: "server.no-token"
        case .cannotListen: "server.cannot-listen"
        case .badOrigin: "server.bad-origin"
        case .badVoices: "server.bad-voices"
        }
    }

    package var description: String {
        switch self {
        case .badToken(let file, let reason):
            "\(file) cannot be used as a token: \(reason). Write one, for example with: openssl rand -hex 32"
        case .noToken(let host):
            "\(host) can be reached by other machines, and there is no token. Give one with --token-file, or allow it with --insecure."
        case .cannotListen(let host, let port, let reason):
            "Cannot listen on \(host), port \(port): \(reason). Use another address or port."
        case .badOrigin(let text): "\(text) is not an origin. Write it as in https://example.org or http://localhost:3000."
        case .badVoices(let folder, let reason): "\(folder) cannot be used for voices: \(reason)."
        }
    }
}

/// An error as the log has it. The errors of the library name files, and those of voices may name people, so only their code is written.
func logged(_ error: any Error) -> String {
    switch error {
    case VoiceError.file(.unwritable(_, let reason)), VoiceError.file(.unreadable(_, let reason)): "voice.file: \(reason)"
    case let error as ServerError: error.description
    case let error as any StimmungError: error.code
    default: "\(error)"
    }
}
