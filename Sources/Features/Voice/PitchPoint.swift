/// The pitch of one frame, decided.
struct PitchPoint: Sendable, Equatable {
    /// The fundamental frequency in hertz; 0 where the frame is not voiced.
    var frequency: Float
    /// How much of the frame repeats itself, 0 … 1; more than 0.5 in voiced frames and at most 0.5 in the others.
    var voicing: Float
    /// The normalised autocorrelation at the period, 0 … 1; in a frame that is not voiced, at the best lag.
    var periodicity: Float
    /// The next voiced frame, as far ahead as is known: how many frames after this one, and its frequency. Only where this one is not voiced.
    var nextVoiced: NextVoiced?

    struct NextVoiced: Sendable, Equatable {
        var distance: Int
        var frequency: Float
    }
}
