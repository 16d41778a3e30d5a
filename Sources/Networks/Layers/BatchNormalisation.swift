import CStimmungKernels
import StimmungTensors

/// Normalises every unit to mean 0 and variance 1 over the rows of a batch, then scales and shifts: y = g ∘ (x − μ) / √(v + ε) + o.
///
/// Source: S. Ioffe, C. Szegedy, *Batch normalization* (2015), with ε = 1e-5.
///
/// In training, μ and v are the statistics of one worker's part of the batch, a ghost batch (E. Hoffer, I. Hubara, D. Soudry, *Train
/// longer, generalize better*, 2017). `Trainer` divides a batch by its size only, so they do not depend on the number of threads.
/// Otherwise, μ and v are the running statistics `mean` and `variance`, which the trainer moves towards those of each batch. v is the sum
/// of squared distances from μ, divided by the number of rows.
///
/// Shapes: R rows, D units. The parameters `g` and `o` start at 1 and 0, the statistics `mean` and `variance` at 0 and 1; each is D.
package struct BatchNormalisation: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    /// The fraction, 0 … 1, by which the running statistics move towards those of a batch.
    package let movement: Float

    private static let ε: Float = 1e-5

    package init(units: Int, movement: Float = 0.1) {
        precondition(movement >= 0 && movement <= 1, "movement must be 0 to 1")
        inputs = units
        self.movement = movement
    }

    package var parameters: [ParameterShape] {
        [
            ParameterShape("g", columns: inputs), ParameterShape("o", columns: inputs),
            ParameterShape("mean", columns: inputs, movement: movement), ParameterShape("variance", columns: inputs, movement: movement),
        ]
    }

    package func describe() -> LayerDescription {
        LayerDescription("batch-normalisation", of: self, attributes: ["epsilon": .number(Self.ε), "movement": .number(movement)])
    }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        for unit in 0..<inputs {
            parameters[unit] = 1
            parameters[3 * inputs + unit] = 1
        }
    }

    package struct Trace {
        /// (x − μ) / √(v + ε), R × D
        let standardised = WorkingMemory()
        /// μ, v and 1 / √(v + ε), D each
        let mean = WorkingMemory()
        let variance = WorkingMemory()
        let factor = WorkingMemory()
        /// Σ δ and Σ δ ∘ standardised over the rows, D each
        let sum = WorkingMemory()
        let moment = WorkingMemory()
    }

    package func makeTrace() -> Trace { Trace() }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let (rows, units) = (input.rows, inputs)
        output.resize(rows: rows)
        trace.standardised.reserve(rows * units)
        trace.mean.clear(units)
        trace.variance.clear(units)
        trace.factor.reserve(units)
        let (z, μ, v, factor) = (trace.standardised.pointer, trace.mean.pointer, trace.variance.pointer, trace.factor.pointer)
        // Bounds: x, y and z are R × D, θ is 4D, the rest D.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, y in
            if pass.phase == .training {
                measure(x, rows, μ, v)
            } else {
                μ.update(from: θ + 2 * units, count: units)
                v.update(from: θ + 3 * units, count: units)
            }
            for unit in 0..<units { factor[unit] = 1 / (v[unit] + Self.ε).squareRoot() }
            for row in stride(from: 0, to: rows * units, by: units) {
                for unit in 0..<units {
                    z[row + unit] = (x[row + unit] - μ[unit]) * factor[unit]
                    y[row + unit] = θ[unit] * z[row + unit] + θ[units + unit]
                }
            }
        }
    }

    /// Mean and variance of each unit; both must be given as zeros.
    private func measure(
        _ x: UnsafePointer<Float>, _ rows: Int, _ mean: UnsafeMutablePointer<Float>, _ variance: UnsafeMutablePointer<Float>
    ) {
        ck_add_column_sums(rows, inputs, x, mean)
        for unit in 0..<inputs { mean[unit] /= Float(rows) }
        for row in stride(from: 0, to: rows * inputs, by: inputs) {
            for unit in 0..<inputs {
                let distance = x[row + unit] - mean[unit]
                variance[unit] += distance * distance
            }
        }
        for unit in 0..<inputs { variance[unit] /= Float(rows) }
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        let (rows, units) = (values.input.rows, inputs)
        trace.sum.clear(units)
        trace.moment.clear(units)
        let (z, μ, v, factor) = (trace.standardised.pointer, trace.mean.pointer, trace.variance.pointer, trace.factor.pointer)
        let (sum, moment) = (trace.sum.pointer, trace.moment.pointer)
        gradients.input.resize(rows: gradients.needsInput ? rows : 0)
        // Bounds: δ, z and dx are R × D, θ and dθ are 4D, the rest D.
        gradients.withPointers { δ, dθ, dx in
            ck_add_column_sums(rows, units, δ, sum)
            for row in stride(from: 0, to: rows * units, by: units) {
                for unit in 0..<units { moment[unit] += δ[row + unit] * z[row + unit] }
            }
            for unit in 0..<units {
                dθ[unit] += moment[unit]
                dθ[units + unit] += sum[unit]
                dθ[2 * units + unit] += Float(rows) * μ[unit]
                // Unbiased, because parts may have few rows.
                dθ[3 * units + unit] += Float(rows) * v[unit] * Float(rows) / Float(max(rows - 1, 1))
            }
            guard let dx else { return }
            // dx = g / √(v + ε) (δ − mean δ − z · mean(δ z))
            values.parameters.withUnsafeBufferPointer { θ in
                for row in stride(from: 0, to: rows * units, by: units) {
                    for unit in 0..<units {
                        let centred = δ[row + unit] - (sum[unit] + z[row + unit] * moment[unit]) / Float(rows)
                        dx[row + unit] = θ[unit] * factor[unit] * centred
                    }
                }
            }
        }
    }
}
