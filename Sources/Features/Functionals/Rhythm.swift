import func Foundation.log

/// Statistics of voiced segments and pauses; `FunctionalsLayout.rhythm` names the values. Lengths are in seconds.
struct Rhythm {
    let values: [Float]

    /// - Parameters:
    ///   - voiced: whether each frame is voiced; at least one frame.
    ///   - hop: seconds from the start of a frame to the start of the next.
    init(voiced: [Bool], hop: Double) {
        var lengths: [Bool: [Double]] = [:]
        var start = 0
        for index in 1...voiced.count where index == voiced.count || voiced[index] != voiced[start] {
            lengths[voiced[start], default: []].append(Double(index - start) * hop)
            start = index
        }
        let duration = Double(voiced.count) * hop
        let (voices, pauses) = (lengths[true] ?? [], lengths[false] ?? [])
        let (voice, pause) = (Self.moments(voices), Self.moments(pauses))
        values = [
            voices.reduce(0, +) / duration, Double(voices.count) / duration, voice.mean, voice.deviation, voices.max() ?? 0, pause.mean,
            pause.deviation, log(duration),
        ].map(Float.init)
    }

    /// Mean and standard deviation; both 0 if there are no lengths.
    private static func moments(_ lengths: [Double]) -> (mean: Double, deviation: Double) {
        guard !lengths.isEmpty else { return (0, 0) }
        let mean = lengths.reduce(0, +) / Double(lengths.count)
        let variance = lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(lengths.count)
        return (mean, variance.squareRoot())
    }
}
