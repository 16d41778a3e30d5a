import Foundation
import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport

/// The files beside an output that hold the state of an unfinished training, one per network.
struct Checkpoint {
    let path: String
    /// The files of all networks.
    let paths: [String]
    /// The status of each file before this training; nil if it did not exist.
    private let before: [FileStatus?]

    init(of output: String, networks: Int = 1) {
        path = output + ".checkpoint"
        paths = (1...max(networks, 1)).map { [path] in $0 == 1 ? path : "\(path)-\($0)" }
        before = paths.map { FileStatus(path: $0) }
    }

    /// Does the work. Warns beforehand if an earlier checkpoint will be overwritten. After a cancellation or divergence, prints where the
    /// state is.
    func keeping<Result>(resume: Bool, _ progress: ProgressLine, _ work: () throws -> Result) throws -> Result {
        if !resume, before[0] != nil {
            progress.say("\(path) is from an earlier run and will be overwritten. Give --resume to resume it instead.")
        }
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
            return "the state after the last complete epoch is in \(path); run the same command with --resume to resume"
        }
        let earlier = before[0] == nil ? "" : " (\(path) is from an earlier run)"
        return "no epoch was completed, so there is no state to resume\(earlier); run the same command again"
    }

    /// Whether this training resumed or wrote a checkpoint.
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
