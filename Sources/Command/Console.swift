import Foundation
import StimmungSupport
import Synchronization

/// Requested by Ctrl-C (or SIGTERM): the first asks the work to stop cleanly, the second ends the program at once. The signals are caught
/// from the first use on.
///
/// By a plain handler: a dispatch source ignores the signal until it is registered, some time later, and a Ctrl-C between is lost.
let signalCancellation: Cancellation = {
    let cancellation = Cancellation()
    caught = cancellation
    // On a stack of its own: the matrix products of oneDNN keep data below the stack pointer, which a handler on the same stack overwrites.
    // Seen as heap corruption in 4 of 200 interrupted trainings (oneDNN 2.6.3, AMD EPYC with AVX-512). The kernel delivers these signals to the main thread.
    let size = 1 << 16
    var stack = stack_t(ss_sp: .allocate(byteCount: size, alignment: 16), ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    var action = sigaction()
    action.sa_flags = SA_ONSTACK | SA_RESTART
    action.__sigaction_handler.sa_handler = { _ in
        // Only what a signal handler may do: an atomic store, write(2) and _exit(2).
        if caught?.isCancelled == true { _exit(130) }
        caught?.cancel()
        let message: StaticString = "\nstopping; once more to stop at once\n"
        _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    }
    for number in [SIGINT, SIGTERM] { sigaction(number, &action, nil) }
    return cancellation
}()

/// What the handler requests; set once, before there is a handler.
nonisolated(unsafe) private var caught: Cancellation?

/// Progress on standard error: one line that is written over on a terminal, a line every ten seconds elsewhere.
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
        isQuiet = quiet
    }

    /// Shows that `done` of `total` pieces of a phase are done, with the remaining time.
    func update(_ phase: String, _ done: Int, of total: Int, note: String = "") {
        guard !isQuiet else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if state.phase != phase {
                close(&state)
                state = State(phase: phase, began: now)
            }
            let isLast = done >= total
            let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
            if let shown = state.shown, now - shown < interval, !isLast { return }
            // A first line elsewhere than on a terminal waits, so that short work leaves one line only.
            if !isTerminal, state.shown == nil, !isLast, now - state.began < interval { return }
            state.shown = now
            let elapsed = state.began.duration(to: now) / .seconds(1)
            let remaining = done > 0 ? elapsed * Double(total - done) / Double(done) : 0
            let time = isLast ? "\(Self.text(elapsed))" : "\(Self.text(remaining)) left"
            let line = "\(phase): \(done) of \(total), \(time)\(note.isEmpty ? "" : ", \(note)")".printable
            writeToStandardError(isTerminal ? "\r\u{1B}[K\(line)" : line + "\n")
            state.isOpen = isTerminal
            if isLast { close(&state) }
        }
    }

    /// Shows how far work has come.
    func show(_ progress: WorkProgress) {
        update(progress.stage.name, progress.completed, of: progress.total, note: progress.detail)
    }

    /// Ends the line that is being written over.
    func finish() {
        state.withLock { close(&$0) }
    }

    /// A line of its own.
    func say(_ line: String) {
        if !isQuiet { complain(line) }
    }

    /// A line of its own about a failure, which is said even where progress is not.
    func complain(_ line: String) {
        state.withLock { state in
            close(&state)
            printToStandardError(line)
        }
    }

    private func close(_ state: inout State) {
        if state.isOpen { writeToStandardError("\n") }
        state.isOpen = false
    }

    private static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 60 ? "\(whole) s" : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}

/// Counts over threads.
final class Counter: Sendable {
    private let counts = Mutex((done: 0, failed: 0))

    /// Counts one more as done and returns how many are.
    func addDone() -> Int {
        counts.withLock {
            $0.done += 1
            return $0.done
        }
    }

    func addFailure() { counts.withLock { $0.failed += 1 } }

    var failures: Int { counts.withLock { $0.failed } }
}
