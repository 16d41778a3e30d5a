import Foundation
import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport

/// The file beside an output in which the state of long work is kept while it goes on.
struct Checkpoint {
    let path: String

    init(of output: String) {
        path = output + ".checkpoint"
    }

    /// Does the work, and says before and after an cancellation what becomes of the file.
    func keeping<Result>(resume: Bool, _ progress: ProgressLine, _ work: () throws -> Result) throws -> Result {
        if !resume, exists { progress.say("\(path) of earlier work is written over; --resume would go on from it") }
        do { return try work() } catch {
            if error is Cancelled, exists {
                progress.say("the state after the last whole epoch is in \(path); --resume goes on from it")
            } else if Self.isDivergence(error), exists {
                progress.say("the last good state is in \(path)")
            }
            throw error
        }
    }

    private var exists: Bool { Files.exists(path) }

    private static func isDivergence(_ error: any Error) -> Bool {
        switch error {
        case TrainingError.diverged, BoltzmannError.diverged: true
        default: false
        }
    }
}
