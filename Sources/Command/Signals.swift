import ArgumentParser
import Foundation
import StimmungSupport
import Synchronization

/// Cancelled by Ctrl-C (SIGINT), SIGTERM or a terminal that closes (SIGHUP): the first asks the work to stop cleanly, the second ends the program at once.
///
/// Handled from the first use on, which must come before the first thread: threads inherit the blocked signals.
let signalCancellation: Cancellation = {
    let cancellation = Cancellation()
    // A handler may call next to nothing, and would interrupt reads. Every thread blocks the signals instead, and one waits for them.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
        // A program started by nohup keeps running without its terminal.
        if number == SIGHUP, isIgnored(number) { continue }
        sigaddset(&signals, number)
        // A shell starts background jobs of a script with SIGINT ignored.
        signal(number, SIG_DFL)
    }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let thread = Thread { [signals] in
        while true { handle(next(of: signals), cancellation) }
    }
    thread.start()
    return cancellation
}()

/// A command that stops cleanly. Other commands are short, and a signal ends them by its default action.
protocol InterruptibleCommand: ParsableCommand {
    /// Whether this call is short too, and leaves nothing behind that must be closed or removed.
    var isBrief: Bool { get }
}

extension InterruptibleCommand {
    var isBrief: Bool { false }

    /// Cancelled by signals; never, if the command is brief.
    var cancellation: Cancellation { isBrief ? Cancellation() : signalCancellation }

    /// Must be called before the first thread. A brief command gets no thread for signals: it ends at once, with the documented status.
    func handleSignals() {
        guard isBrief else {
            _ = signalCancellation
            return
        }
        for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(number) { signal(number) { _exit(128 + $0) } }
    }
}

extension Demo: InterruptibleCommand {}
extension Predict: InterruptibleCommand {}
extension Serve: InterruptibleCommand {}
extension FeaturesCommand: InterruptibleCommand {}
extension Inspect: InterruptibleCommand {}
extension CorpusCommand.Synthesise: InterruptibleCommand {}
extension Experiment.Adding: InterruptibleCommand {}

/// Calls `body` once, at the first signal that asks the program to stop, or at once if there has been one.
func onInterruption(_ body: @escaping @Sendable () -> Void) {
    let isLate = interruptionHandlers.withLock {
        if !signalCancellation.isCancelled { $0.append(body) }
        return signalCancellation.isCancelled
    }
    if isLate { body() }
}

private let interruptionHandlers = Mutex<[@Sendable () -> Void]>([])

/// The status of a program that a signal stopped, as shells report it: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP.
var interruptedStatus: Int32 { 128 + firstSignal.load(ordering: .relaxed) }

private let firstSignal = Atomic<Int32>(SIGINT)

private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}

private func next(of signals: sigset_t) -> Int32 {
    var (signals, number) = (signals, Int32(0))
    while sigwait(&signals, &number) != 0 {}
    return number
}

private func handle(_ number: Int32, _ cancellation: Cancellation) {
    if cancellation.isCancelled {
        TerminalMode.restore()
        TemporaryPaths.removeAll(thenExit: 128 + number)
    }
    firstSignal.store(number, ordering: .relaxed)
    let handlers = interruptionHandlers.withLock {
        cancellation.cancel()
        return $0
    }
    for handler in handlers { handler() }
    // A meter is removed and followed by the results.
    if !TerminalMode.isChanged, Processes.leads { writeToStandardError("\nstopping; repeat to stop at once\n") }
}
