/// How long a piece of work took, several times over.
///
///     let timings = Timings(repeats: 7) { layer.run() }
///     print(timings.median, timings.best)
public struct Timings: Sendable, Equatable {
    /// Seconds of each run, rising; at least one.
    public let seconds: [Double]

    /// - Parameter seconds: of each run, at least one, in any order.
    public init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty, "no run was timed")
        self.seconds = seconds.sorted()
    }

    /// Does the work once untimed, so that memory is allocated and caches are warm, then `repeats` times.
    public init(repeats: Int, _ work: () throws -> Void) rethrows {
        try work()
        self.init(
            try (0..<max(1, repeats)).map { _ in
                let began = ContinuousClock.now
                try work()
                return began.duration(to: .now) / .seconds(1)
            })
    }

    public var best: Double { seconds[0] }
    public var median: Double { seconds[seconds.count / 2] }
    /// The runs a quarter and three quarters up.
    public var quartiles: (Double, Double) { (seconds[seconds.count / 4], seconds[seconds.count * 3 / 4]) }

    /// The time of a part of the work, where a run did it so many times.
    public func divided(by times: Int) -> Timings { Timings(seconds.map { $0 / Double(times) }) }
}
