import Foundation
import StimmungTestSupport
import Testing

/// A terminal of `tmux`, whose screen can be read.
final class Terminal {
    private let server: [String]

    /// - Parameters:
    ///   - script: what its shell runs.
    ///   - folder: the working folder.
    init(columns: Int = 80, rows: Int = 24, running script: String, in folder: TemporaryFolder) throws {
        let log = try TemporaryFolder()
        server = ["LC_ALL=C.UTF-8", "STIMMUNG_CACHE=off", "tmux", "-u", "-S", log.file("socket"), "-f", "/dev/null"]
        self.log = log
        // The shell survives the signal that is meant for the program.
        try folder.write("script", "trap : INT\ncd '\(folder.path)'\n\(script)\n")
        let size = ["-x", "\(columns)", "-y", "\(rows)"]
        try tmux(["new-session", "-d"] + size + ["sh '\(folder.file("script"))'; exec sleep 60"])
    }

    private let log: TemporaryFolder

    deinit { _ = try? tmux(["kill-server"]) }

    /// Closes what other tests have open: the server would keep it, and they would wait for its end.
    private static let closing =
        "for fd in /proc/self/fd/*; do fd=${fd##*/}; [ $fd -gt 2 ] && eval \"exec $fd>&-\"; done 2> /dev/null; exec env \"$@\""

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let run = try Program.run(["-c", Self.closing, "bash"] + server + arguments, in: log, .init(program: "/bin/bash"))
        try #require(run.status == 0, "\(run)")
        return run.output
    }

    /// Types keys, such as `C-c`.
    func type(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

    func resize(columns: Int, rows: Int) throws { try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

    /// The lines of the screen and of what has scrolled out of it, without empty ones.
    ///
    /// - Parameter styled: whether colours are included, as control characters.
    func lines(styled: Bool = false) throws -> [String] {
        try tmux(["capture-pane", "-p", "-S", "-"] + (styled ? ["-e"] : [])).split(separator: "\n").map(String.init)
    }

    var isCursorVisible: Bool { get throws { try tmux(["display-message", "-p", "#{cursor_flag}"]).hasPrefix("1") } }

    /// Waits until `condition` holds, at most half a minute.
    func wait(until condition: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for _ in 0..<1500 {
            if try condition() { return }
            usleep(20_000)
        }
        let screen = try lines().joined(separator: "\n")
        try #require(try condition(), "\(screen)", sourceLocation: sourceLocation)
    }
}
