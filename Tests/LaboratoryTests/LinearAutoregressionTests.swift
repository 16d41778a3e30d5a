import StimmungBoltzmann
import StimmungLaboratory
import StimmungTensors
import Testing

@Suite struct LinearAutoregressionTests {
    /// x_t = x_{t−1} A + b without noise is recovered.
    @Test func aLinearProcessIsRecovered() {
        var random = RandomSource(seed: 1)
        let utterances = (0..<20).map { _ in
            var x = Matrix(rows: 30, columns: 2)
            (x[0, 0], x[0, 1]) = (random.normal(), random.normal())
            for t in 1..<30 {
                x[t, 0] = 0.9 * x[t - 1, 0] - 0.4 * x[t - 1, 1] + 0.1
                x[t, 1] = 0.3 * x[t - 1, 0] + 0.8 * x[t - 1, 1] - 0.2
            }
            return x
        }
        // The first frames have no past.
        let windows = FrameWindows(utterances: utterances, order: 1)
        let inner = (0..<600).filter { $0 % 30 != 0 }
        let followers = FrameWindows(
            frames: rows(inner, of: windows.frames), past: rows(inner, of: windows.past))
        let predictions = LinearAutoregression(followers).predictions(followers)
        for (own, wanted) in zip(predictions.elements, followers.frames.elements) { #expect(abs(own - wanted) < 1e-4) }
    }

    /// The error is orthogonal to the predictors, so the weights are optimal.
    @Test func weightsAreOptimal() {
        var random = RandomSource(seed: 2)
        let frames = Matrix(rows: 400, columns: 3, elements: (0..<1200).map { _ in random.normal() })
        let windows = FrameWindows(utterances: [frames], order: 2)
        let predictions = LinearAutoregression(windows).predictions(windows)
        let past = windows.past
        for j in 0..<3 {
            for i in 0...past.columns {
                let product = (0..<400).reduce(0.0) { sum, row in
                    let z = i < past.columns ? past[row, i] : 1
                    return sum + Double(z * (windows.frames[row, j] - predictions[row, j]))
                }
                #expect(abs(product) < 1e-2)
            }
        }
    }

    /// A duplicate column leaves the weights undetermined, but predictions are still possible.
    @Test func dependentColumnsAreHandled() {
        var random = RandomSource(seed: 3)
        var frames = Matrix(rows: 100, columns: 2)
        for row in 0..<100 {
            frames[row, 0] = random.normal()
            frames[row, 1] = frames[row, 0]
        }
        let windows = FrameWindows(utterances: [frames], order: 1)
        for value in LinearAutoregression(windows).predictions(windows).elements { #expect(value.isFinite) }
    }

    private func rows(_ numbers: [Int], of matrix: Matrix) -> Matrix {
        Matrix(rows: numbers.count, columns: matrix.columns, elements: numbers.flatMap { Array(matrix.row($0)) })
    }
}
