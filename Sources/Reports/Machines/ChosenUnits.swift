import StimmungTensors

/// The most informative hidden units of a machine with too many to show.
struct ChosenUnits {
    /// Numbers of units, the most informative first.
    let numbers: [Int]
    /// How they were chosen, in words.
    let reason: String

    /// The units whose P(h_j = 1) varies most over the frames of the recording. Without a recording, those with the longest weights W_j.
    init(_ pictures: MachinePictures) {
        let machine = pictures.machine
        let measure: [Double]
        if let recording = pictures.recording {
            measure = Self.deviations(machine.hiddenProbabilities(ofUtterance: recording.frames))
            reason = "those whose P(h = 1) varies most over \(pictures.text(recording.file))"
        } else {
            let weights = machine["W"]
            measure = (0..<machine.hidden).map { unit in
                (0..<machine.visible).reduce(0) { $0 + Double(weights[$1, unit] * weights[$1, unit]) }
            }
            reason = "those with the largest weights W"
        }
        // Ties keep their order, so that the choice is deterministic.
        let order = measure.indices.sorted { (measure[$0], $1) > (measure[$1], $0) }
        numbers = Array(order.prefix(pictures.units))
    }

    private static func deviations(_ probabilities: Matrix) -> [Double] {
        (0..<probabilities.columns).map { unit in
            let values = (0..<probabilities.rows).map { Double(probabilities[$0, unit]) }
            let mean = values.reduce(0, +) / Double(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
    }
}
