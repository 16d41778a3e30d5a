import func Foundation.log

/// The fundamental frequency as a contour without gaps, and the degree of voicing.
///
/// In unvoiced frames the contour is interpolated linearly to the next voiced frame if that is within the look-ahead; otherwise it keeps
/// its last value. Before the first voiced frame it is halfway between the lowest and the highest pitch on the logarithmic scale.
struct PitchContour: TrackedFeature, FixedColumns {
    private let middle: Float
    /// The contour's last value; nil before the first voiced frame.
    private var last: Float?

    static let names = ["log_f0", "voicing"]
    static let reach = 0

    init(_ options: FeatureOptions) {
        middle = Float((log(options.pitchFloor) + log(options.pitchCeiling)) / 2)
    }

    mutating func measure(_ pitch: PitchPoint, samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>) {
        if pitch.frequency > 0 {
            last = log(pitch.frequency)
        } else if let next = pitch.nextVoiced {
            let target = log(next.frequency)
            last = last.map { $0 + (target - $0) / Float(next.distance + 1) } ?? target
        }
        row[0] = last ?? middle
        row[1] = pitch.voicing
    }

    mutating func reset() {
        last = nil
    }
}
