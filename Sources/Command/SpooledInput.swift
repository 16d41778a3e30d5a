import Foundation
import StimmungSupport

/// Standard input as a file, since decoders seek. The file has no name, so it disappears however the program ends.
final class SpooledInput: Sendable {
    private let file: TemporaryFile
    /// Valid during the lifetime of this object.
    var path: String { file.path }

    init(_ cancellation: Cancellation) throws {
        do {
            file = try TemporaryFile()
            while case let data = try SpooledInput.next(cancellation), !data.isEmpty { try file.append(data) }
        } catch let failure as TemporaryFile.Failure {
            throw CommandFailure(
                "cannot spool standard input to \(temporaryFolder): \(inSentence(failure.reason)). Set TMPDIR to a folder with enough space."
            )
        }
    }

    /// The next bytes; empty at the end. Polls, so that Ctrl-C works while nothing arrives.
    static func next(_ cancellation: Cancellation) throws -> [UInt8] {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while true {
            if cancellation.isCancelled { throw Cancelled() }
            guard poll(&input, 1, 100) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count >= 0 { return Array(buffer[..<count]) }
            if errno != EINTR && errno != EAGAIN {
                throw CommandFailure("cannot read standard input: \(systemReason())")
            }
        }
    }
}
