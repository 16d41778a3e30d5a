/// What follows from the options; all of it supposes that they are valid.
extension FeatureOptions {
    /// Samples in a frame: 400 by default.
    public var windowSamples: Int { Int((windowLength * Double(sampleRate)).rounded()) }

    /// Samples from one frame to the next: 160 by default.
    public var hopSamples: Int { Int((hop * Double(sampleRate)).rounded()) }

    /// Points of the Fourier transform: `fftSize`, or the next power of two that holds a frame.
    public var transformSize: Int {
        if let fftSize { return fftSize }
        var size = 2
        while size < windowSamples { size *= 2 }
        return size
    }

    /// Numbers in a frame without deltas.
    public var staticWidth: Int { kinds.reduce(0) { $0 + $1.columnNames(self).count } }

    /// Numbers in a frame: 39 by default.
    public var width: Int { staticWidth * (1 + deltas) }

    /// Frames that must follow a frame before it can be given out: 4 by default, 2 for each order of deltas.
    public var lookAhead: Int { deltas * deltaWindow }

    /// The names of a frame's columns: those of the kinds (`mfcc_0` …), then the same with `_delta` behind, then with `_delta2`.
    public var columnNames: [String] {
        let names = kinds.flatMap { $0.columnNames(self) }
        return ["", "_delta", "_delta2"].prefix(1 + deltas).flatMap { suffix in names.map { $0 + suffix } }
    }

    /// The frames of a recording of `count` samples: `1 + (count − window) / hop` whole ones, none if it is shorter than one.
    public func frameCount(samples count: Int) -> Int {
        count < windowSamples ? 0 : 1 + (count - windowSamples) / hopSamples
    }

    /// Where frame `index` starts, in seconds from the start of the recording.
    public func startTime(ofFrame index: Int) -> Double {
        Double(index * hopSamples) / Double(sampleRate)
    }
}
