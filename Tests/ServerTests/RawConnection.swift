#if Server
import Foundation
import Testing

/// A TCP connection whose bytes a test chooses.
final class RawConnection {
    private let descriptor: Int32

    struct Failure: Error { let call: String, number: Int32 }

    /// Connects to this machine.
    ///
    /// - Parameter patience: seconds after which reading gives up.
    init(port: UInt16, patience: Int = 300) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        var time = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure(call: "connect", number: errno) }
    }

    deinit { close(descriptor) }

    /// Sends everything.
    func send(_ bytes: Data) throws {
        try bytes.withUnsafeBytes { all in
            var done = 0
            while done < all.count, let base = all.baseAddress {
                let sent = Glibc.send(descriptor, base + done, all.count - done, Int32(MSG_NOSIGNAL))
                guard sent > 0 else { throw Failure(call: "send", number: errno) }
                done += sent
            }
        }
    }

    func send(_ text: String) throws { try send(Data(text.utf8)) }

    /// Ends this side's output.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything up to the end of the connection, or until nothing comes for too long.
    func readToEnd() -> Data { read { _ in false } }

    /// Everything until `isEnough`, or the end of the connection.
    func read(until isEnough: (Data) -> Bool) -> Data {
        var all = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isEnough(all) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            all += buffer[..<count]
        }
        return all
    }
}
#endif
