import Foundation
import StimmungSupport

/// Standard input as a file, since decoders seek.
final class SpooledInput: Sendable {
    let path: String

    init(_ cancellation: Cancellation) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "stimmung-\(UUID().uuidString)")
        path = url.path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CommandFailure("\(path) could not be written: standard input is kept there while it is read")
        }
        do {
            let file = try FileHandle(forWritingTo: url)
            while case let data = try SpooledInput.next(cancellation), !data.isEmpty { try file.write(contentsOf: data) }
            try file.close()
        } catch is Cancelled {
            remove()
            throw Cancelled()
        } catch {
            remove()
            let reason = (error as? CommandFailure)?.description ?? StimmungSupport.reason(of: error)
            throw CommandFailure("standard input could not be kept in \(path): \(reason)")
        }
    }

    /// What has come in, nothing at the end. Waits for it, but a writer who never comes must not keep Ctrl-C from working.
    private static func next(_ cancellation: Cancellation) throws -> Data {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while true {
            if cancellation.isCancelled { throw Cancelled() }
            guard poll(&input, 1, 100) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count >= 0 { return Data(buffer[..<count]) }
            if errno != EINTR && errno != EAGAIN { throw CommandFailure(systemWords()) }
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
