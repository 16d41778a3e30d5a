import Foundation

/// The wall-clock time and CPU time of repeated runs of a piece of work.
///
///     let timings = Timings(repeats: 7) { layer.run() }
///     print(timings.median, timings.best)
///
/// Other work on the machine increases wall-clock time but hardly CPU time. CPU time is summed over all threads, so it compares only runs
/// on the same number of threads.
package struct Timings: Sendable, Equatable {
    /// Wall-clock seconds of each run, in ascending order; at least one.
    package let seconds: [Double]
    /// CPU seconds of each run, in ascending order.
    package let processorSeconds: [Double]

    /// A point in time on both clocks.
    package struct Mark: Sendable {
        let wall: Double
        let processor: Double

        package static var now: Mark {
            func read(_ clock: clockid_t) -> Double {
                var time = timespec()
                clock_gettime(clock, &time)
                return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
            }
            return Mark(wall: read(CLOCK_MONOTONIC), processor: read(CLOCK_PROCESS_CPUTIME_ID))
        }
    }

    /// The runs between consecutive marks; at least two marks.
    package init(_ marks: [Mark]) {
        precondition(marks.count >= 2, "no run was timed")
        let runs = zip(marks, marks.dropFirst())
        seconds = runs.map { $1.wall - $0.wall }.sorted()
        processorSeconds = runs.map { $1.processor - $0.processor }.sorted()
    }

    /// Runs the work once untimed, so that memory is allocated and caches are warm, then `repeats` times.
    package init(repeats: Int, _ work: () throws -> Void) rethrows {
        try work()
        var marks = [Mark.now]
        for _ in 0..<max(1, repeats) {
            try work()
            marks.append(.now)
        }
        self.init(marks)
    }

    private init(seconds: [Double], processorSeconds: [Double]) {
        self.seconds = seconds
        self.processorSeconds = processorSeconds
    }

    package var best: Double { seconds[0] }
    package var median: Double { seconds[seconds.count / 2] }

    /// The time per part of the work, for runs of `times` parts.
    package func divided(by times: Int) -> Timings {
        Timings(seconds: seconds.map { $0 / Double(times) }, processorSeconds: processorSeconds.map { $0 / Double(times) })
    }
}
