import CStimmungKernels
import StimmungTensors

extension BoltzmannMachine {
    /// P(h_j = 1 | x) for each of N frames, given its past: N × H.
    package func hiddenProbabilities(_ windows: FrameWindows) -> Matrix {
        var result = Matrix(rows: windows.count, columns: hidden)
        result.elements.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            inChunks(windows) { range, rows, products in
                let own = base + range.lowerBound * hidden
                products.hiddenInputs(range.count, rows, into: own)
                ck_sigmoid(range.count * hidden, own, own)
            }
        }
        return result
    }

    /// The machine's features of an utterance of T frames, T × V: P(h_j = 1 | x_t, x_{<t}), T × H.
    package func hiddenProbabilities(ofUtterance utterance: Matrix) -> Matrix {
        hiddenProbabilities(FrameWindows(utterances: [utterance], order: order))
    }

    /// The mean of P(x | h) for each row of hidden states, given the past of that row's frame; the frames themselves are not used.
    /// For binary units, the mean is P(x_i = 1 | h).
    ///
    /// - Parameter hidden: N × H.
    /// - Returns: N × V.
    package func visibleMeans(hidden states: Matrix, _ windows: FrameWindows) -> Matrix {
        precondition(states.rows == windows.count && states.columns == hidden, "hidden states must be N × H")
        var result = Matrix(rows: windows.count, columns: visible)
        guard windows.count > 0 else { return result }
        withPointers(reading: states.elements, writing: &result.elements) { states, result in
            inChunks(windows) { range, rows, products in
                let own = result + range.lowerBound * visible
                products.visibleBiases(range.count, rows, into: own)
                products.addHidden(range.count, states + range.lowerBound * hidden, to: own)
                if units == .binary { ck_sigmoid(range.count * visible, own, own) }
            }
        }
        return result
    }
}
