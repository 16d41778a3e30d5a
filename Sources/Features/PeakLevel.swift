import CStimmungKernels

/// Brings samples to the peak that the options name.
struct PeakLevel: Sendable {
    /// The most that a recording is raised by: 60 dB. What is softer still is no speech, but the last bits of a muted line.
    private static let mostGain: Float = 1000

    /// What samples are multiplied by.
    private let gain: Float

    /// - Parameter measured: the recording's largest absolute sample. What no sample can be is left as it is, to be refused where it is taken.
    init(measured: Float, options: FeatureOptions) {
        let isPlausible = measured > 0 && measured <= FrameExtractor.loudest
        gain = options.peak > 0 && isPlausible ? min(options.peak / measured, Self.mostGain) : 1
    }

    /// For a recording in memory.
    init(of samples: [Float], options: FeatureOptions) {
        self.init(measured: options.peak > 0 ? Self.peak(samples) : 0, options: options)
    }

    func apply(to samples: inout [Float]) {
        guard gain != 1 else { return }
        for index in samples.indices { samples[index] *= gain }
    }

    /// The largest absolute sample; where one is not a number, something that is no level either.
    static func peak(_ samples: [Float]) -> Float { samples.withUnsafeBufferPointer { ck_largest_magnitude($0.count, $0.baseAddress) } }
}
