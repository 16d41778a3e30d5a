/// Values derived from the options, which must be valid.
extension FeatureOptions {
    /// The first version of the front end (`FrontEnd.version`) that computes these features.
    package var version: Int { encoder != nil ? 3 : highPass > 0 || relativeFloor ? 2 : 1 }

    /// Whether a recording is one row.
    package var isPooled: Bool { functionals != nil || encoder?.pooled != nil }

    /// Samples per frame: 400 by default.
    package var windowSamples: Int { Int((windowLength * Double(sampleRate)).rounded()) }

    /// Samples from the start of a frame to the start of the next: 160 by default.
    package var hopSamples: Int { Int((hop * Double(sampleRate)).rounded()) }

    /// Points of the Fourier transform: `fftSize`, or the smallest power of two that holds a frame.
    package var transformSize: Int {
        if let fftSize { return fftSize }
        var size = 2
        while size < windowSamples { size *= 2 }
        return size
    }

    /// Values per frame without deltas.
    package var staticWidth: Int { kinds.reduce(0) { $0 + $1.width(self) } }

    /// Values per row of features: 39 by default; with functionals, the number of functionals.
    public var width: Int {
        if let encoder {
            let pooled = encoder.pooled == nil ? encoder.frameWidth : 2 * encoder.frameWidth
            return pooled + (functionals.map { FunctionalsLayout(self, $0).width } ?? 0)
        }
        if let functionals { return FunctionalsLayout(self, functionals).width }
        return staticWidth * (1 + deltas)
    }

    /// The options of the frames that functionals are computed from: without deltas, with the energy.
    package var frameOptions: FeatureOptions {
        var options = self
        options.functionals = nil
        options.deltas = 0
        if encoder != nil {
            options.encoder = nil
            // The samples themselves, after the energy, and all statistics of functionals before them.
            if functionals == nil { options.kinds = [] }
        }
        if !options.kinds.contains(.energy) { options.kinds.append(.energy) }
        if encoder != nil { options.kinds.append(.samples) }
        return options
    }

    /// Frames that must follow a frame before its row is complete: 4 by default, 2 per order of deltas. Kinds that track the pitch need 14
    /// more: for the rest of the samples that the pitch is measured on, and for the frames that decide between its candidates.
    package var lookAhead: Int {
        if let encoder, encoder.pooled == nil { return EncoderOptions.window }
        let tracking = voiceTracking.map { $0.delay + ($0.samplesAfter + hopSamples - 1) / hopSamples } ?? 0
        return deltas * deltaWindow + tracking
    }

    /// The layout of voice tracking; nil if no kind needs it.
    var voiceTracking: VoiceTrackingLayout? {
        kinds.contains { $0.tracked != nil } ? VoiceTrackingLayout(self) : nil
    }

    /// The names of a row's columns: those of the kinds (`mfcc_0` …), then the same with the suffix `_delta`, then with `_delta2`; with
    /// functionals, the names of the functionals (`mfcc_0_mean` …).
    public var columnNames: [String] {
        let names = kinds.flatMap { $0.columnNames(self) }
        let statistics = functionals.map { FunctionalsLayout(self, $0).names(names) }
        if let encoder { return (statistics ?? []) + encoder.columnNames }
        if let statistics { return statistics }
        return ["", "_delta", "_delta2"].prefix(1 + deltas).flatMap { suffix in names.map { $0 + suffix } }
    }

    /// Number of whole frames in a recording of `count` samples: `1 + (count − window) / hop`, or 0 if it is shorter than a frame.
    public func frameCount(samples count: Int) -> Int {
        count < windowSamples ? 0 : 1 + (count - windowSamples) / hopSamples
    }

    /// Minimum number of samples in a recording: one frame, or 0.3 seconds with functionals.
    package var samplesNeeded: Int {
        isPooled ? max(windowSamples, Int((0.3 * Double(sampleRate)).rounded())) : windowSamples
    }

    /// The start of frame `index`, in seconds from the start of the recording.
    public func startTime(ofFrame index: Int) -> Double {
        Double(index * hopSamples) / Double(sampleRate)
    }
}
