import Foundation
import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport

/// The files beside an output that hold the state of a training under way, one for each network.
struct Checkpoint {
    let path: String
    /// The files of all networks.
    let paths: [String]
    /// Those of earlier work, as they were before this training.
    private let before: [FileStatus?]

    init(of output: String, networks: Int = 1) {
        path = output + ".checkpoint"
        paths = (1...max(networks, 1)).map { [path] in $0 == 1 ? path : "\(path)-\($0)" }
        before = paths.map { FileStatus(path: $0) }
    }

    /// Does the work. Prints beforehand whether a checkpoint of earlier work will be overwritten, and after a cancellation or divergence
    /// where the state is.
    func keeping<Result>(resume: Bool, _ progress: ProgressLine, _ work: () throws -> Result) throws -> Result {
        if !resume, before[0] != nil { progress.say("\(path) of earlier work will be overwritten; --resume would resume it") }
        do { return try work() } catch {
            if error is Cancelled {
                progress.complain(state(resume: resume))
            } else if Self.isDivergence(error), isOurs(resume: resume) {
                progress.complain("the last good state is in \(path)")
            }
            throw error
        }
    }

    /// Where the state of an interrupted training is, and how to resume it.
    private func state(resume: Bool) -> String {
        if isOurs(resume: resume) {
            return "the state after the last whole epoch is in \(path); run the same command with --resume to resume"
        }
        let earlier = before[0] == nil ? "" : " (\(path) is that of earlier work)"
        return "no epoch was completed, so there is no state to resume\(earlier); run the same command again"
    }

    /// Whether there is a state of this training: one that was resumed or has been written since.
    private func isOurs(resume: Bool) -> Bool {
        zip(paths, before).contains { path, before in
            let now = FileStatus(path: path)
            return now != nil && (resume || now != before)
        }
    }

    private static func isDivergence(_ error: any Error) -> Bool {
        switch error {
        case TrainingError.diverged, BoltzmannError.diverged: true
        default: false
        }
    }
}
