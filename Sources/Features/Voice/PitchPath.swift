import func Foundation.exp2

/// The best path through the pitch candidates of successive frames, a fixed number of frames behind the newest.
///
/// A frame is either unvoiced or voiced with one of its candidates. The score of a path is the sum of the strengths of its states, minus
/// the costs of frequency jumps and of changes between voiced and unvoiced (P. Boersma, 1993, as in `PitchCandidates`). The strength of the
/// unvoiced state is the threshold, plus a bonus in frames that are faint relative to the recent maximum. The Viterbi algorithm finds the
/// best path. A frame is decided by the best path at the frame `delay` later, so that a stream need not wait for its end.
struct PitchPath: Sendable {
    /// Cost of a jump by one octave, for steps of 10 ms.
    private static let leapCost: Float = 0.35
    /// Cost of a change between voiced and unvoiced, for steps of 10 ms.
    private static let changeCost: Float = 0.14
    /// Frames below this fraction of the recent maximum count as silent.
    private static let silence: Float = 0.03
    /// Half-life of the recent maximum in seconds.
    private static let memory = 10.0
    /// The unvoiced state; candidate `k` is state `k + 1`.
    private static let unvoiced = 0
    private static let states = PitchCandidates.most + 1

    /// Number of frames between the newest frame and the one that it decides.
    let delay: Int
    private let threshold: Float
    private let leapCost: Float
    private let changeCost: Float
    private let decay: Float
    private var loudest: Float = 0
    /// The score of the best path to each state of the newest frame.
    private var worth = [Float](repeating: 0, count: PitchPath.states)
    private var newWorth = [Float](repeating: 0, count: PitchPath.states)
    /// Ring buffers of `delay + 1` frames: the number of states, their octaves and periodicities, and the preceding state on the best path.
    private var counts: [Int]
    private var octaves: [Float]
    private var periodicities: [Float]
    private var origins: [Int]
    private var taken = 0

    init(_ options: FeatureOptions, delay: Int) {
        self.delay = delay
        threshold = options.voicingThreshold
        let scale = Float(0.01 / options.hop)
        leapCost = PitchPath.leapCost * scale
        changeCost = PitchPath.changeCost * scale
        decay = Float(exp2(-options.hop / PitchPath.memory))
        counts = [Int](repeating: 0, count: delay + 1)
        octaves = [Float](repeating: 0, count: (delay + 1) * PitchPath.states)
        periodicities = octaves
        origins = [Int](repeating: 0, count: (delay + 1) * PitchPath.states)
    }

    /// Takes the candidates of the next frame.
    mutating func push(_ candidates: PitchCandidates) {
        let found = candidates.found
        loudest = max(candidates.peak, loudest * decay)
        let faintness = loudest > 0 ? candidates.peak / loudest / (PitchPath.silence / (1 + threshold)) : 0
        let unvoicedStrength = threshold + max(0, 2 - faintness)

        let slot = taken % (delay + 1)
        let base = slot * PitchPath.states
        let before = (taken + delay) % (delay + 1)
        let beforeBase = before * PitchPath.states
        counts[slot] = found.count + 1
        var best = -Float.infinity
        for state in 0...found.count {
            let octave = state == PitchPath.unvoiced ? 0 : found[state - 1].octave
            octaves[base + state] = octave
            periodicities[base + state] = state == PitchPath.unvoiced ? found.first?.periodicity ?? 0 : found[state - 1].periodicity
            let strength = state == PitchPath.unvoiced ? unvoicedStrength : found[state - 1].strength
            var (most, origin) = (Float(0), 0)
            if taken > 0 {
                most = -.infinity
                for previous in 0..<counts[before] {
                    let cost =
                        (previous == PitchPath.unvoiced) != (state == PitchPath.unvoiced)
                        ? changeCost
                        : state == PitchPath.unvoiced ? 0 : leapCost * abs(octave - octaves[beforeBase + previous])
                    if worth[previous] - cost > most { (most, origin) = (worth[previous] - cost, previous) }
                }
            }
            newWorth[state] = most + strength
            origins[base + state] = origin
            best = max(best, newWorth[state])
        }
        // Only differences matter. Subtracting the best score keeps them exact in recordings of any length.
        for state in 0...found.count { worth[state] = newWorth[state] - best }
        taken += 1
    }

    /// The pitch of the frame `age` frames before the newest, as decided by the newest. `age` is at most `delay` and less than the number
    /// of frames taken.
    func decide(age: Int) -> PitchPoint {
        var slot = (taken - 1) % (delay + 1)
        var state = 0
        for other in 1..<counts[slot] where worth[other] > worth[state] { state = other }
        var next: PitchPoint.NextVoiced?
        for distance in stride(from: age, to: 0, by: -1) {
            if state != PitchPath.unvoiced {
                next = .init(distance: distance, frequency: exp2(octaves[slot * PitchPath.states + state]))
            }
            state = origins[slot * PitchPath.states + state]
            slot = (slot + delay) % (delay + 1)
        }
        let index = slot * PitchPath.states + state
        let periodicity = periodicities[index]
        guard state != PitchPath.unvoiced else {
            return PitchPoint(frequency: 0, voicing: min(periodicity, 0.5), periodicity: periodicity, nextVoiced: next)
        }
        return PitchPoint(
            frequency: exp2(octaves[index]), voicing: max(periodicity, Float(0.5).nextUp), periodicity: periodicity, nextVoiced: nil)
    }

    /// Resets the state for the next recording.
    mutating func reset() {
        taken = 0
        loudest = 0
    }
}

/// The pitch of one frame.
struct PitchPoint: Sendable, Equatable {
    /// The fundamental frequency in hertz; 0 in unvoiced frames.
    var frequency: Float
    /// Degree of voicing, 0 … 1: above 0.5 in voiced frames, at most 0.5 in the others.
    var voicing: Float
    /// The normalised autocorrelation, 0 … 1: at the period in voiced frames, at the best lag in the others.
    var periodicity: Float
    /// For an unvoiced frame, the next voiced frame within the look-ahead: its distance in frames and its frequency.
    var nextVoiced: NextVoiced?

    struct NextVoiced: Sendable, Equatable {
        var distance: Int
        var frequency: Float
    }
}
