/// What follows from the options; all of it supposes that they are valid.
extension FeatureOptions {
    /// Samples in a frame: 400 by default.
    package var windowSamples: Int { Int((windowLength * Double(sampleRate)).rounded()) }

    /// Samples from one frame to the next: 160 by default.
    package var hopSamples: Int { Int((hop * Double(sampleRate)).rounded()) }

    /// Points of the Fourier transform: `fftSize`, or the next power of two that holds a frame.
    package var transformSize: Int {
        if let fftSize { return fftSize }
        var size = 2
        while size < windowSamples { size *= 2 }
        return size
    }

    /// Values per frame without deltas.
    package var staticWidth: Int { kinds.reduce(0) { $0 + $1.width(self) } }

    /// Values per row of features: 39 by default; with functionals theirs.
    public var width: Int {
        if let functionals { return FunctionalsLayout(self, functionals).width }
        return staticWidth * (1 + deltas)
    }

    /// What the functionals are statistics of: the frames without deltas, with the energy among them.
    package var frameOptions: FeatureOptions {
        var options = self
        options.functionals = nil
        options.deltas = 0
        if !kinds.contains(.energy) { options.kinds.append(.energy) }
        return options
    }

    /// Frames that must follow a frame before it can be given out: 4 by default, 2 for each order of deltas. Kinds that follow the pitch
    /// need 14 more: the rest of the samples that pitch is measured on, and the frames that decide between its candidates.
    package var lookAhead: Int {
        deltas * deltaWindow + (voiceTracking.map { $0.delay + ($0.samplesAfter + hopSamples - 1) / hopSamples } ?? 0)
    }

    /// How the voice is followed from frame to frame, where a kind asks for it.
    var voiceTracking: VoiceTrackingLayout? {
        kinds.contains { $0.tracked != nil } ? VoiceTrackingLayout(self) : nil
    }

    /// The names of a row's columns: those of the kinds (`mfcc_0` …), then the same with `_delta` behind, then with `_delta2`; with
    /// functionals theirs (`mfcc_0_mean` …).
    public var columnNames: [String] {
        let names = kinds.flatMap { $0.columnNames(self) }
        if let functionals { return FunctionalsLayout(self, functionals).names(names) }
        return ["", "_delta", "_delta2"].prefix(1 + deltas).flatMap { suffix in names.map { $0 + suffix } }
    }

    /// The frames of a recording of `count` samples: `1 + (count − window) / hop` whole ones, none if it is shorter than one.
    public func frameCount(samples count: Int) -> Int {
        count < windowSamples ? 0 : 1 + (count - windowSamples) / hopSamples
    }

    /// Samples that a recording must have: a frame, or 0.3 seconds for statistics of frames.
    package var samplesNeeded: Int {
        functionals == nil ? windowSamples : max(windowSamples, Int((0.3 * Double(sampleRate)).rounded()))
    }

    /// Where frame `index` starts, in seconds from the start of the recording.
    public func startTime(ofFrame index: Int) -> Double {
        Double(index * hopSamples) / Double(sampleRate)
    }
}
