import Foundation
import StimmungSupport
import Synchronization

/// Progress on standard error: one line that is redrawn on a terminal, one line every ten seconds elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var phase = ""
        var began = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        var isOpen = false
    }

    private let isQuiet: Bool
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    init(quiet: Bool) {
        isQuiet = quiet || !Processes.leads
    }

    /// Shows that `done` of `total` steps of a phase are done, with the remaining time.
    func update(_ phase: String, _ done: Int, of total: Int, note: String = "") {
        let isLast = done >= total
        draw(phase, isLast: isLast) { elapsed in
            let remaining = done > 0 ? elapsed * Double(total - done) / Double(done) : 0
            let time = isLast ? "\(Self.text(elapsed))" : "\(Self.text(remaining)) left"
            return "\(phase): \(done) of \(total), \(time)\(note.isEmpty ? "" : ", \(note)")"
        }
    }

    /// Shows a progress line, unless the previous one is too recent.
    ///
    /// - Parameter line: makes the line from the seconds since the phase began.
    func draw(_ phase: String, isLast: Bool, _ line: (_ elapsed: Double) -> String) {
        guard !isQuiet else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if state.phase != phase {
                close(&state)
                state = State(phase: phase, began: now)
            }
            let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
            if let shown = state.shown, now - shown < interval, !isLast { return }
            // Outside a terminal the first line is delayed, so that short work prints one line only.
            if !isTerminal, state.shown == nil, !isLast, now - state.began < interval { return }
            state.shown = now
            let line = line(state.began.duration(to: now) / .seconds(1))
            writeToStandardError(isTerminal ? "\r\u{1B}[K\(line)" : line + "\n")
            state.isOpen = isTerminal
            if isLast { close(&state) }
        }
    }

    /// Shows the progress of library code.
    func show(_ progress: WorkProgress) {
        update(progress.stage.name, progress.completed, of: progress.total, note: progress.detail)
    }

    /// Ends the line that is being redrawn.
    func finish() {
        state.withLock { close(&$0) }
    }

    /// Prints a separate line.
    func say(_ line: String) {
        if !isQuiet { complain(line) }
    }

    /// Prints a separate line about a failure, even with `--quiet`.
    func complain(_ line: String) {
        state.withLock { state in
            close(&state)
            if Processes.leads { printToStandardError(line) }
        }
    }

    private func close(_ state: inout State) {
        if state.isOpen { writeToStandardError("\n") }
        state.isOpen = false
    }

    /// A duration in words, such as `2 min 5 s`.
    static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 60 ? "\(whole) s" : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
