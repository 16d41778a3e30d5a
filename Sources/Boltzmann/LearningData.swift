import Tensors

/// Training frames that have been looked over: of the machine's width, finite and, for Gaussian units, without constant columns.
struct LearningData {
    let windows: FrameWindows
    /// Mean of x².
    let meanSquare: Double

    /// - Parameter isTraining: held-out frames are few and may have a constant column.
    init(_ utterances: [Matrix], for machine: BoltzmannMachine, isTraining: Bool = true) throws(BoltzmannError) {
        for (number, utterance) in utterances.enumerated() {
            guard utterance.columns == machine.visible else {
                throw .wrongWidth(utterance: number, columns: utterance.columns, expected: machine.visible)
            }
            if let bad = utterance.elements.firstIndex(where: { !$0.isFinite }) {
                throw .notANumber(utterance: number, frame: bad / utterance.columns, column: bad % utterance.columns)
            }
        }
        guard utterances.contains(where: { $0.rows > 0 }) else { throw .nothingToLearnFrom }
        if isTraining, machine.units == .gaussian, let column = Self.constantColumn(utterances) { throw .constantColumn(column) }
        windows = FrameWindows(utterances: utterances, order: machine.order)
        let square = utterances.reduce(0.0) { $0 + $1.elements.reduce(0.0) { $0 + Double($1) * Double($1) } }
        meanSquare = square / Double(windows.count * machine.visible)
    }

    private static func constantColumn(_ utterances: [Matrix]) -> Int? {
        guard let first = utterances.first(where: { $0.rows > 0 }) else { return nil }
        var constant = Set(0..<first.columns)
        for utterance in utterances {
            for row in 0..<utterance.rows {
                constant = constant.filter { utterance[row, $0] == first[0, $0] }
                if constant.isEmpty { return nil }
            }
        }
        return constant.min()
    }
}
