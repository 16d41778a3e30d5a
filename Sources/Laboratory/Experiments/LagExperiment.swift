import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Gradients through time: the gradient of a loss on the last step of a sequence, ‖∂L_T/∂h_{T−k}‖ by lag k, relative to ‖∂L_T/∂h_T‖ and
/// averaged over sequences of the adding problem.
///
/// Sources: S. Hochreiter, *Untersuchungen zu dynamischen neuronalen Netzen* (1991); Y. Bengio, P. Simard, P. Frasconi, *Learning long-term
/// dependencies with gradient descent is difficult* (1994).
package struct LagExperiment: Sendable {
    /// The largest lag k.
    package var lags = 300
    package var cells = 32
    package var sequences = 16
    /// Sequence length and maximum number of updates when training the networks; 0 updates omits the curves of trained networks.
    package var trainingSteps = 100
    package var updates = 2000
    /// Random seed of the initial weights and of the sequences.
    package var seed: UInt64 = 0
    /// Checked at every update.
    package var cancellation = Cancellation()

    package init(seed: UInt64 = 0) {
        self.seed = seed
    }

    package struct Curve: Sendable, Equatable, Codable {
        package let name: String
        /// Relative gradients at lags 0, 1, …; the first is 1.
        package let gradients: [Double]
    }

    /// - Throws: `ExperimentError` if training fails, `Cancelled` if a stop is requested.
    package func run(progress: (Int, Int) -> Void = { _, _ in }) throws -> [Curve] {
        var curves = [
            curve("RNN, random start", .rnn, experiment(.rnn).start()),
            curve("RNN, random start × 1.7", .rnn, experiment(.rnn, scale: 1.7).start()),
            curve("LSTM, random start", .lstm, experiment(.lstm).start()),
        ]
        guard updates > 0 else { return curves }
        for (number, kind) in [AddingExperiment.Kind.rnn, .lstm].enumerated() {
            let (result, network) = try experiment(kind).train {
                progress(number * updates + $0.update, 2 * updates)
            }
            let end = result.reachedGoal ? "trained (solved)" : "trained (not solved)"
            curves.append(curve("\(kind == .rnn ? "RNN" : "LSTM"), \(end)", kind, network))
        }
        progress(2 * updates, 2 * updates)
        return curves
    }

    private func experiment(_ kind: AddingExperiment.Kind, scale: Float = 1) -> AddingExperiment {
        var experiment = AddingExperiment(steps: trainingSteps)
        experiment.network = kind
        experiment.cells = cells
        experiment.updates = updates
        experiment.recurrentScale = scale
        experiment.seed = seed
        experiment.cancellation = cancellation
        return experiment
    }

    private func curve(_ name: String, _ kind: AddingExperiment.Kind, _ network: Network) -> Curve {
        let entries = network.parameters.entries
        // The network has one output, so ∂L/∂h_T has the direction of the dense layer's only row.
        let direction = Array(network.parameters.values[entries[entries.count - 2].range])
        let own = network.parameters.values[network.parameters.layerRanges[0]]
        let inputs = network.inputs
        let gradients =
            switch kind {
            case .rnn: sizes(RNN(inputs: inputs + cells, cells: cells), inputs: inputs, own, direction)
            case .lstm: sizes(LSTM(inputs: inputs + cells, cells: cells), inputs: inputs, own, direction)
            }
        return Curve(name: name, gradients: gradients)
    }

    /// Norm of the gradient at the last step. Float32 cannot represent values below 10⁻⁴⁵. All gradients are linear in this one, so
    /// starting at 10³⁰ resolves relative sizes down to 10⁻⁷⁵.
    private static let unit: Float = 1e30

    /// - Parameters:
    ///   - probe: the layer with H additional inputs z_t. Their weights are W_h, so that z_t is added to h_{t−1} in every product. At z =
    ///     0, ∂L/∂z_t equals ∂L/∂h_{t−1} for a loss on the last step.
    ///   - d: number of inputs of the original layer.
    ///   - parameters: parameters of the original layer.
    ///   - direction: direction of ∂L/∂h_T.
    private func sizes(
        _ probe: some RecurrentLayer, inputs d: Int, _ parameters: ArraySlice<Float>, _ direction: [Float]
    ) -> [Double] {
        let (h, steps) = (probe.cells, lags + 1)
        let weights = probe.width * d
        var widened: [Float] = []
        for row in 0..<probe.width {
            widened += parameters.dropFirst(row * d).prefix(d)
            widened += parameters.dropFirst(weights + row * h).prefix(h)
        }
        widened += parameters.dropFirst(weights)

        var random = RandomSource(seed: seed).stream(3)
        let examples = AddingProblem(steps: steps).examples(sequences, using: &random)
        var input = Matrix(rows: 0, columns: d + h)
        for row in 0..<examples.input.rows { input.append(rows: examples.input.row(row) + [Float](repeating: 0, count: h)) }
        var pass = Pass(batch: examples.batch, phase: .training)
        var trace = probe.makeTrace()
        var output = Matrix(rows: 0, columns: h)
        probe.forward(input, &pass, parameters: widened[...], trace: &trace, output: &output)
        var gradients = LayerGradients(of: probe)
        gradients.output.resize(rows: output.rows)
        let length = Float(direction.norm)
        for n in 0..<sequences {
            for j in 0..<h { gradients.output[(steps - 1) * sequences + n, j] = Self.unit * direction[j] / length }
        }
        probe.backward(
            LayerValues(input: input, output: output, parameters: widened[...], pass: pass), trace: &trace, gradients: &gradients)
        return [1]
            + (1..<steps).map { lag in
                let sum = (0..<sequences).reduce(0.0) {
                    $0 + Array(gradients.input.row((steps - lag) * sequences + $1).dropFirst(d)).norm
                }
                return sum / Double(sequences) / Double(Self.unit)
            }
    }
}
