import Foundation
import StimmungSupport

/// Unbuffered standard output with error checks: the exit status must not be 0 if the disk is full.
enum StandardOutput {
    /// A document. On a terminal, control characters of names and labels are escaped.
    static func write(_ text: String) throws {
        try write(Data((isTerminal ? text.printableLines : text.withBytesSpelt()).utf8))
    }

    /// A path on a line of its own: its bytes, or what a terminal can show.
    static func path(_ path: String) throws {
        try write(isTerminal ? Data((path.printable + "\n").utf8) : Data(PathBytes.bytes(of: path + "\n")))
    }

    private static let isTerminal = isatty(STDOUT_FILENO) == 1

    /// A line for people, with control characters escaped.
    static func line(_ text: String) throws { try write(text.printableLines + "\n") }

    /// Text for programs, such as JSON.
    static func data(_ text: String) throws { try write(text + "\n") }

    static func write(_ data: Data) throws {
        guard Processes.leads else { return }
        guard let number = writeAll(data, to: STDOUT_FILENO) else { return }
        throw CommandFailure("cannot write to standard output: \(systemWords(number))")
    }
}

/// Prints a line on standard error, with control characters escaped. Write errors are ignored, since there is nowhere to report them.
func printToStandardError(_ line: String) {
    writeToStandardError(line.printableLines + "\n")
}

func writeToStandardError(_ text: String) {
    _ = writeAll(Data(text.utf8), to: STDERR_FILENO)
}

/// Writes every byte.
///
/// - Returns: the error number; nil on success.
private func writeAll(_ data: Data, to descriptor: Int32) -> Int32? {
    data.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
            // bytes[done...] lies within `bytes`, which is alive for the length of this closure.
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done)
            if written >= 0 {
                done += written
            } else if errno == EAGAIN {
                // The other end of a pipe has made it non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
