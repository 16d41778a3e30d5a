import Foundation
import Stimmung
import StimmungSupport

/// The settings of a server.
package struct ServerOptions: Sendable {
    /// Address to listen on: a name or an IP address.
    package var host = "127.0.0.1"
    /// Port to listen on; 0 lets the system choose.
    package var port = 8080
    /// The token that requests must have; nil for none.
    package var token: Token?
    /// Origins of other pages that may use the server, such as `https://example.org`.
    package var allowedOrigins: [String] = []
    /// Folder of the voices; nil keeps them in memory.
    package var voices: String?
    /// Threads that recognise.
    package var threads = Workers.processors
    package var limits = ServerLimits()

    /// The default settings.
    package init() {}

    /// Whether only this machine can reach the address.
    package var isLoopback: Bool {
        var address = in_addr()
        // A name such as 127.example.org is not an address.
        return host == "localhost" || host == "::1" || host.hasPrefix("127.") && inet_pton(AF_INET, host, &address) == 1
    }
}

/// The limits of a server, which bound its memory, threads and descriptors whatever clients send.
package struct ServerLimits: Sendable {
    /// Largest body of a request, in bytes.
    package var body = 64 << 20
    /// Largest sum of the bodies that are held at a time, in bytes.
    package var bodies = 1 << 30
    /// Longest recording, in seconds.
    package var duration = 3600.0
    /// Largest number of WebSocket sessions at a time.
    package var sessions = 64
    /// Longest WebSocket session, in seconds of audio.
    package var sessionDuration = 4 * 3600.0
    /// Largest number of recordings that wait for a thread.
    package var queue = 64
    /// Largest number of connections at a time.
    package var connections = 1024
    /// Time for a body to arrive, in seconds.
    package var bodyTime = 120.0
    /// Bytes per second below which a body is given up: the mean of a twelfth of `bodyTime`, again and again.
    package var bodyRate = 1024.0
    /// Time to recognise a recording, with its time in the queue, in seconds.
    package var workTime = 60.0
    /// Time without a request after which a connection is closed, and without a message after which a session is, in seconds.
    package var idleTime = 60.0
    /// Largest number of voices.
    package var voices = 1000
    /// Largest number of sources whose means are kept.
    package var sources = 1000

    /// The default limits.
    package init() {}

    /// Seconds over which the rate of a body is measured.
    var bodyWindow: Double { bodyTime / 12 }
    /// Time for the first message of a session to arrive, in seconds.
    var startTime: Double { min(10, idleTime) }

    /// Time from the head of a request to the end of its response, in seconds.
    var requestTime: Double { bodyTime + workTime + 30 }
}
