import Audio

/// Brings a recording to the peak that the options name.
struct PeakLevel: Sendable {
    /// What samples are multiplied by.
    private let gain: Float

    /// For samples whose largest absolute value is `measured`; silence stays silence.
    private init(measured: Float, options: FeatureOptions) {
        gain = options.peak > 0 && measured > 0 && measured.isFinite ? options.peak / measured : 1
    }

    /// For a recording in memory.
    init(of samples: [Float], options: FeatureOptions) {
        self.init(measured: options.peak > 0 ? Self.peak(samples) : 0, options: options)
    }

    /// For a file, which is read to its end where the options name a peak.
    ///
    /// - Parameter open: opens it.
    init(options: FeatureOptions, open: () throws(FeatureError) -> AudioReader) throws(FeatureError) {
        var measured: Float = 0
        if options.peak > 0 {
            let reader = try open()
            do {
                while case let samples = try reader.read(maximum: 1 << 16), !samples.isEmpty {
                    measured = max(measured, Self.peak(samples))
                }
            } catch {
                throw .audio(error)
            }
        }
        self.init(measured: measured, options: options)
    }

    func apply(to samples: inout [Float]) {
        guard gain != 1 else { return }
        for index in samples.indices { samples[index] *= gain }
    }

    private static func peak(_ samples: [Float]) -> Float { samples.reduce(0) { max($0, abs($1)) } }
}
