import Foundation
import StimmungTensors

/// Exact quantities of small machines, by enumerating the states of the smaller layer (of the hidden layer for Gaussian visible units).
extension BoltzmannMachine {
    /// ln Z(x_{<t}) of each frame's past.
    ///
    /// - Throws: `BoltzmannError.tooManyToEnumerate` if the states of more than 24 units would have to be enumerated.
    package func logPartitions(_ windows: FrameWindows) throws(BoltzmannError) -> [Double] {
        try stateSums(windows).map { $0.logPartition() }.repeated(to: windows.count)
    }

    /// ln Z, given a past of zeros.
    package func logPartition() throws(BoltzmannError) -> Double {
        try logPartitions(anyFrame)[0]
    }

    /// ln P(x | x_{<t}) of each frame.
    package func logLikelihoods(_ windows: FrameWindows) throws(BoltzmannError) -> [Double] {
        zip(freeEnergies(windows), try logPartitions(windows)).map { -$0 - $1 }
    }

    /// ∂/∂θ of the mean of ln P(x | x_{<t}) over the frames, in the order of `parameters`.
    package func logLikelihoodGradient(_ windows: FrameWindows) throws(BoltzmannError) -> [Double] {
        let sums = try stateSums(windows)
        let expectations = sums.map { Expectations($0, self) }.repeated(to: windows.count)
        let (x, past, h) = (windows.frames, windows.past, hiddenProbabilities(windows))
        var gradient = [Double](repeating: 0, count: parameters.count)
        for (row, expected) in expectations.enumerated() {
            let dx = zip(x.row(row), expected.visible).map { Double($0) - $1 }
            let dh = zip(h.row(row), expected.hidden).map { Double($0) - $1 }
            let before = past.row(row).map(Double.init)
            for i in 0..<visible {
                for j in 0..<hidden {
                    gradient[i * hidden + j] += Double(x[row, i]) * Double(h[row, j]) - expected.both[i * hidden + j]
                }
            }
            for (k, value) in (before + [1]).enumerated() {
                for j in 0..<hidden { gradient[layout.pastToHidden.lowerBound + k * hidden + j] += value * dh[j] }
                for i in 0..<visible { gradient[layout.pastToVisible.lowerBound + k * visible + i] += value * dx[i] }
            }
        }
        return gradient.map { $0 / Double(windows.count) }
    }

    /// A frame of zeros with a past of zeros.
    var anyFrame: FrameWindows { FrameWindows(utterances: [Matrix(rows: 1, columns: visible)], order: order) }

    /// One sum per frame's biases; a single sum for a plain machine, whose biases are the same for all frames.
    private func stateSums(_ windows: FrameWindows) throws(BoltzmannError) -> [StateSum] {
        let listed = StateSum.units(of: self)
        guard listed <= StateSum.limit else { throw .tooManyToEnumerate(units: listed, limit: StateSum.limit) }
        let past = windows.past
        return (0..<(order == 0 ? min(1, windows.count) : windows.count)).map { row in
            let before = past.row(row).map(Double.init)
            return StateSum(
                self, visibleBias: bias(before, layout.pastToVisible, layout.visibleBias),
                hiddenBias: bias(before, layout.pastToHidden, layout.hiddenBias))
        }
    }

    /// b + x_{<t} A, or c + x_{<t} B.
    private func bias(_ past: [Double], _ weights: Range<Int>, _ bias: Range<Int>) -> [Double] {
        var result = bias.map { Double(parameters[$0]) }
        for (k, value) in past.enumerated() {
            for i in result.indices { result[i] += value * Double(parameters[weights.lowerBound + k * result.count + i]) }
        }
        return result
    }
}

/// E[x], E[h] and E[x hᵀ] under the model.
private struct Expectations {
    var visible: [Double]
    var hidden: [Double]
    /// V × H
    var both: [Double]

    init(_ sum: StateSum, _ machine: BoltzmannMachine) {
        let logPartition = sum.logPartition()
        let (v, h) = (machine.visible, machine.hidden)
        var (visible, hidden) = ([Double](repeating: 0, count: v), [Double](repeating: 0, count: h))
        var both = [Double](repeating: 0, count: v * h)
        sum.forEach { state, mean, logWeight in
            let probability = exp(logWeight - logPartition)
            let (x, hs) = sum.listsVisible ? (state, mean) : (mean, state)
            for j in 0..<h { hidden[j] += probability * hs[j] }
            for i in 0..<v {
                visible[i] += probability * x[i]
                for j in 0..<h { both[i * h + j] += probability * x[i] * hs[j] }
            }
        }
        self.visible = visible
        self.hidden = hidden
        self.both = both
    }
}

extension Array {
    /// The array itself, or its only element `count` times.
    fileprivate func repeated(to count: Int) -> [Element] {
        self.count == 1 ? [Element](repeating: self[0], count: count) : self
    }
}
