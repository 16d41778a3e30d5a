import Foundation
import StimmungFeatures

/// Frames of the samples of a batch. Each frame's values are a convolution with as many taps as the frame has samples.
///
/// Energies and spectra are in the graph once, however many kinds of features need them, and not at all if none does.
struct Framing {
    private let options: FeatureOptions
    /// B × 1 × S
    private let samples: GraphBuilder.Value
    private var knownEnergies: GraphBuilder.Value?
    private var knownPower: GraphBuilder.Value?

    /// - Parameter samples: B × S.
    init(_ options: FeatureOptions, _ samples: GraphBuilder.Value, _ graph: inout GraphBuilder) {
        self.options = options
        self.samples = graph.addAxes(samples, [1])
    }

    /// Σ x² of each frame, B × T × 1.
    mutating func energies(_ graph: inout GraphBuilder) -> GraphBuilder.Value {
        if let knownEnergies { return knownEnergies }
        let squares = graph.multiply(samples, samples)
        let energies = convolved(squares, [Float](repeating: 1, count: options.windowSamples), outputs: 1, "frame", &graph)
        knownEnergies = energies
        return energies
    }

    /// The power spectrum of each frame after pre-emphasis and window, B × T × bins.
    mutating func power(_ graph: inout GraphBuilder) -> GraphBuilder.Value {
        if let knownPower { return knownPower }
        // y_t = x_t − a x_{t−1}, with 0 before the first sample
        let earlier = graph.slice(graph.node("Pad", [samples, graph.whole([0, 0, 1, 0, 0, 0])]), axis: 2, from: 0, to: -1)
        let emphasised = graph.subtract(samples, graph.multiply(earlier, graph.scalar(options.preEmphasis)))
        func part(_ function: (Double) -> Double, _ name: String) -> GraphBuilder.Value {
            let values = convolved(emphasised, taps(function), outputs: bins, name, &graph)
            return graph.multiply(values, values)
        }
        let real = part({ cos($0) }, "fourier.cosine")
        let imaginary = part({ sin($0) }, "fourier.sine")
        let power = graph.add(real, imaginary)
        knownPower = power
        return power
    }

    /// Values of a spectrum.
    var bins: Int { options.transformSize / 2 + 1 }

    /// w_t f(2πkt / N) for each bin k and each sample t of a frame.
    private func taps(_ function: (Double) -> Double) -> [Float] {
        let (window, size) = (options.window.weights(options.windowSamples), options.transformSize)
        let circle = (0..<size).map { function(2 * .pi * Double($0) / Double(size)) }
        return (0..<bins).flatMap { bin in window.indices.map { Float(Double(window[$0]) * circle[bin * $0 % size]) } }
    }

    /// B × T × outputs
    private func convolved(
        _ signal: GraphBuilder.Value, _ taps: [Float], outputs: Int, _ name: String, _ graph: inout GraphBuilder
    ) -> GraphBuilder.Value {
        let kernel = graph.constant(taps, shape: [outputs, 1, options.windowSamples], name: name)
        return graph.transpose(graph.node("Conv", [signal, kernel], [.integers("strides", [options.hopSamples])]), [0, 2, 1])
    }
}
