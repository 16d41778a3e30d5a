import Foundation
import StimmungSupport

/// Standard input as a file, since decoders seek.
final class SpooledInput: Sendable {
    private let folder: PrivateFolder
    let path: String

    init(_ cancellation: Cancellation) throws {
        do { folder = try PrivateFolder() } catch { throw Self.notWritable(error.path) }
        path = folder.file("input")
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            folder.remove()
            throw Self.notWritable(path)
        }
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
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

    private static func notWritable(_ path: String) -> CommandFailure {
        CommandFailure("\(path) could not be written: standard input is kept there while it is read")
    }

    func remove() { folder.remove() }
}
