import CStimmungKernels
import StimmungTensors

/// Gaussian noise of mean 0 added to every element in training; else nothing.
package struct Noise: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    /// Standard deviation of the noise, at least 0.
    package let deviation: Float

    package init(units: Int, deviation: Float) {
        precondition(deviation >= 0, "a deviation is not negative")
        inputs = units
        self.deviation = deviation
    }

    package var role: LayerRole { .identity }

    package func describe() -> LayerDescription { LayerDescription("noise", of: self, attributes: ["deviation": .number(deviation)]) }

    package struct Trace {
        /// Standard normal numbers, as many as the input has elements.
        var normal: [Float] = []
    }

    package func makeTrace() -> Trace { Trace() }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        output.copy(input)
        guard pass.phase == .training, deviation > 0 else { return }
        output.addNormal(deviation: deviation, from: pass.random, memory: &trace.normal)
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        guard gradients.needsInput else { return }
        swap(&gradients.input, &gradients.output)
    }
}

extension Matrix {
    /// Adds normal numbers of mean 0 to all elements.
    ///
    /// - Parameter memory: reused from call to call.
    mutating func addNormal(deviation: Float, from random: RandomSource, memory: inout [Float]) {
        let count = elements.count
        guard count > 0 else { return }
        memory.removeAll(keepingCapacity: true)
        memory.append(contentsOf: repeatElement(0, count: count))
        var bits = BitStream(random)
        memory.withUnsafeMutableBufferPointer { normal in
            if let base = normal.baseAddress { bits.withState { ck_add_normal(count, $0, base) } }
        }
        withPointers(reading: memory, writing: &elements) { normal, x in
            for i in 0..<count { x[i] += deviation * normal[i] }
        }
    }
}
