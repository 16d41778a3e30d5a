import ArgumentParser
import Foundation
import StimmungProcesses
import StimmungSupport
import Synchronization

/// A command whose work several processes share.
protocol SharedCommand: InterruptibleCommand {}

extension Train: SharedCommand {}
extension Pretrain: SharedCommand {}
extension Evaluate: SharedCommand {}
extension StudyCommand: SharedCommand {}
extension Predict: SharedCommand {}
extension FeaturesCommand: SharedCommand {}

/// The processes that `mpirun` started for this command.
enum Processes {
    private static let launch = Launch()
    private static let group = Mutex<any JoinedProcesses>(SingleProcess())

    /// All of them, once joined; before, and for any other command, this process by itself.
    static var joined: any JoinedProcesses { group.withLock { $0 } }

    /// Whether this process prints and writes. The variables of a launcher do not count: a shell may have inherited them.
    static var leads: Bool { joined.leads }

    /// Whether a launcher started other processes with this one, joined or not.
    static var areLaunched: Bool { launch.count > 1 }

    /// Joins the other processes if the command can share its work.
    ///
    /// - Throws: `LaunchError`; `CommandFailure` if each process would do all the work.
    static func join(for command: any ParsableCommand) throws {
        // --help is a command of ArgumentParser's, which does no work.
        guard areLaunched, type(of: command).configuration.commandName != "help" else { return }
        guard command is any SharedCommand else {
            throw CommandFailure(
                "\(launch.count) processes were started together, but this command runs in one. Start it without mpirun.")
        }
        let joined = try launch.join()
        group.withLock { $0 = joined }
    }

    /// Ends this process when the others have ended, too.
    static func end() -> Never {
        let processes = joined
        if processes.areSeveral {
            _ = processes.meet(within: nil)
            processes.leave()
        }
        exit(0)
    }

    /// How long to wait for the others after an error: those that have the same error are here at once.
    private static let patience = Duration.seconds(2)
    /// The same after a cancellation, where the others may have a step or a recording to finish.
    private static let patienceOnceCancelled = Duration.seconds(30)

    /// Ends this process after an error. If all processes have it, the leader reports it; otherwise this process does, and ends the others.
    ///
    /// - Parameters:
    ///   - status: the exit status for the error.
    ///   - report: reports the error and returns the exit status.
    static func end(after error: any Error, _ status: Int32, _ report: () -> Int32) -> Never {
        let processes = joined
        guard processes.areSeveral else {
            // The first process has most errors of a start, too. mpirun stops the others when it has reported one.
            if launch.rank > 0, status != 0 { Thread.sleep(forTimeInterval: patience / .seconds(1)) }
            exit(report())
        }
        let status = leads ? report() : status
        guard processes.meet(within: error is Cancelled ? patienceOnceCancelled : patience) else {
            if !leads, !(error is Cancelled) {
                printToStandardError(
                    "stimmung: process \(processes.rank) of \(processes.count) failed: \(userMessage(for: error))".printable)
            }
            processes.abort(status: max(status, 1))
        }
        processes.leave()
        exit(status)
    }

    /// What the sums of a training cost; nil if there were none.
    static var trafficSentence: String? {
        let (processes, traffic) = (joined, joined.traffic)
        guard traffic.sums > 0 else { return nil }
        return
            "\(processes.count) processes: \(counted(traffic.sums, "step")), \(traffic.bytes / traffic.sums) bytes sent per step and process"
    }
}
