import Foundation
import StimmungSupport
import Synchronization

/// Lines at the bottom of a terminal that are redrawn, under others that scroll.
///
/// Keys are not echoed and the cursor is hidden while it is open. Lines are not wrapped.
struct LiveTerminal {
    /// Characters of each line drawn last.
    private var drawn: [Int] = []

    /// Opens standard output; nil if it is not a terminal whose cursor can be moved.
    init?() {
        guard isatty(STDOUT_FILENO) == 1, let kind = environmentPath("TERM"), kind != "dumb" else { return nil }
        TerminalMode.enter()
    }

    /// Columns and rows. COLUMNS and LINES make it smaller.
    var size: (columns: Int, rows: Int) {
        var window = winsize()
        _ = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window)
        func smaller(_ count: UInt16, _ name: String, _ usual: Int) -> Int {
            let named = environmentPath(name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
            return count > 0 ? min(Int(count), named ?? Int(count)) : named ?? usual
        }
        return (smaller(window.ws_col, "COLUMNS", 80), smaller(window.ws_row, "LINES", 24))
    }

    /// Whether colours are wanted (https://no-color.org).
    static var hasColours: Bool { environmentPath("NO_COLOR").map(\.isEmpty) ?? true }

    /// Prints lines that stay, and redraws the others below them.
    mutating func draw(_ lines: [MeterLine], under finished: [String] = []) throws {
        let columns = size.columns
        // After a resize, lines may have been wrapped.
        let rows = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
        var text = rows > 1 ? "\r\u{1B}[\(rows - 1)A" : "\r"
        for line in finished { text += line.printable + "\u{1B}[K\n" }
        let shown = lines.map { $0.text(in: columns - 1, colours: Self.hasColours) + "\u{1B}[K" }
        text += "\u{1B}[?7l" + shown.joined(separator: "\n") + "\u{1B}[J\u{1B}[?7h"
        drawn = lines.map { min($0.count, columns - 1) }
        try StandardOutput.write(Data(text.utf8))
    }

    /// Erases what is redrawn and restores the terminal.
    mutating func close() {
        try? draw([])
        TerminalMode.restore()
    }
}

/// A line of a meter, in one style.
struct MeterLine {
    var content: String
    var isStrong = false

    var count: Int { content.count }

    /// The line, cut to a number of columns.
    func text(in columns: Int, colours: Bool) -> String {
        let cut = String(content.printable.prefix(max(0, columns)))
        return isStrong && colours ? "\u{1B}[1;32m\(cut)\u{1B}[0m" : cut
    }
}

/// The mode of the terminal, which is restored however the program ends.
enum TerminalMode {
    private struct Saved {
        /// Nil where the terminal belongs to another process, and is left as it is.
        var mode: termios?
    }

    private static let saved = Mutex<Saved?>(nil)

    /// Whether a terminal waits to be restored.
    static var isChanged: Bool { saved.withLock { $0 != nil } }

    static func enter() {
        saved.withLock { saved in
            guard saved == nil else { return }
            var mode = termios()
            if tcgetpgrp(STDOUT_FILENO) == getpgrp(), tcgetattr(STDOUT_FILENO, &mode) == 0 {
                saved = Saved(mode: mode)
                // Typed characters, Ctrl-C among them, would be drawn into the meter.
                mode.c_lflag &= ~tcflag_t(ECHO)
                // Zero disables Ctrl-Z: a recording cannot be suspended, and the shell would be left without a cursor.
                withUnsafeMutableBytes(of: &mode.c_cc) { $0[Int(VSUSP)] = 0 }
                tcsetattr(STDOUT_FILENO, TCSANOW, &mode)
            } else {
                saved = Saved()
            }
            try? StandardOutput.write(Data("\u{1B}[?25l".utf8))
        }
    }

    static func restore() {
        saved.withLock { saved in
            guard let old = saved else { return }
            saved = nil
            try? StandardOutput.write(Data("\u{1B}[?7h\u{1B}[?25h".utf8))
            guard var mode = old.mode else { return }
            tcflush(STDOUT_FILENO, TCIFLUSH)
            tcsetattr(STDOUT_FILENO, TCSANOW, &mode)
        }
    }
}
