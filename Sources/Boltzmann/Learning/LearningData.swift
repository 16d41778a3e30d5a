import StimmungTensors

/// Validated training frames: of the machine's width, finite and, for Gaussian units, without constant columns.
///
/// There is one copy of all frames in memory, because a step draws frames from everywhere.
struct LearningData {
    let windows: FrameWindows
    /// Mean of x².
    let meanSquare: Double

    /// - Parameter isTraining: false allows constant columns, which a few held-out frames may have.
    /// - Throws: `BoltzmannError` if the frames are invalid, `FrameError` if they cannot be read.
    init(_ utterances: [any FrameSource], for machine: BoltzmannMachine, isTraining: Bool = true) throws {
        let count = utterances.reduce(0) { $0 + $1.rows }
        guard count > 0 else { throw BoltzmannError.nothingToLearnFrom }
        var windows = FrameWindows(width: machine.visible, order: machine.order, frames: count, utterances: utterances.count)
        var square = 0.0
        var first: ArraySlice<Float>?
        var constant = isTraining && machine.units == .gaussian ? Set(0..<machine.visible) : []
        for (number, source) in utterances.enumerated() {
            guard source.columns == machine.visible else {
                throw BoltzmannError.wrongWidth(utterance: number, columns: source.columns, expected: machine.visible)
            }
            let utterance = try source.frames()
            if let bad = utterance.elements.firstIndex(where: { !$0.isFinite }) {
                throw BoltzmannError.notANumber(utterance: number, frame: bad / utterance.columns, column: bad % utterance.columns)
            }
            square += utterance.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
            for row in 0..<utterance.rows where !constant.isEmpty {
                let frame = utterance.row(row)
                let reference = first ?? frame
                first = reference
                constant = constant.filter { frame[frame.startIndex + $0] == reference[reference.startIndex + $0] }
            }
            windows.append(utterance)
        }
        if let column = constant.min() { throw BoltzmannError.constantColumn(column) }
        self.windows = windows
        meanSquare = square / Double(windows.count * machine.visible)
    }
}
