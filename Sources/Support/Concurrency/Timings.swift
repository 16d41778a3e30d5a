import Foundation

/// How long a piece of work took, several times over: by the clock on the wall, and by the processors' time that it used.
///
///     let timings = Timings(repeats: 7) { layer.run() }
///     print(timings.median, timings.best)
///
/// On a machine with other work the first grows and the second hardly does; it counts all threads, so that only runs on one thread, or on
/// as many, can be compared by it.
package struct Timings: Sendable, Equatable {
    /// Seconds on the wall of each run, rising; at least one.
    package let seconds: [Double]
    /// Seconds of all processors for each run, rising.
    package let processorSeconds: [Double]

    /// A moment by both clocks.
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

    /// The runs between moments that follow each other, at least two.
    package init(_ marks: [Mark]) {
        precondition(marks.count >= 2, "no run was timed")
        let runs = zip(marks, marks.dropFirst())
        seconds = runs.map { $1.wall - $0.wall }.sorted()
        processorSeconds = runs.map { $1.processor - $0.processor }.sorted()
    }

    /// Does the work once untimed, so that memory is allocated and caches are warm, then `repeats` times.
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

    /// The time per part of the work, where a run did `times` parts.
    package func divided(by times: Int) -> Timings {
        Timings(seconds: seconds.map { $0 / Double(times) }, processorSeconds: processorSeconds.map { $0 / Double(times) })
    }
}
