import CStimmungKernels
import StimmungTensors

/// Adds Gaussian noise of mean 0 to every element in training; in inference, the identity.
package struct Noise: TrainingOnlyLayer {
    package let inputs: Int
    /// Standard deviation of the noise, at least 0.
    package let deviation: Float

    package init(units: Int, deviation: Float) {
        precondition(deviation >= 0, "the deviation must not be negative")
        inputs = units
        self.deviation = deviation
    }

    package func describe() -> LayerDescription { LayerDescription("noise", of: self, attributes: ["deviation": .number(deviation)]) }

    package var isActive: Bool { deviation > 0 }

    /// - Parameter drawn: set to a standard normal number per element.
    package func alter(_ output: inout Matrix, from random: inout RandomSource, drawn: inout [Float]) {
        output.addNormal(deviation: deviation, from: random, memory: &drawn)
    }

    package func differentiate(_ gradient: inout Matrix, drawn: [Float]) {}
}

extension Matrix {
    /// Adds normal noise of mean 0 to all elements.
    ///
    /// - Parameter memory: working memory, reused from call to call.
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
