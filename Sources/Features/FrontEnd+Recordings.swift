import StimmungAudio
import StimmungTensors

/// Whole recordings.
extension FrontEnd {
    /// Frames that are computed between two looks at the samples, 5 seconds by default: what is checked, copied and measured stays in the
    /// processor's cache meanwhile.
    private static let chunkFrames = 500
    /// The longest recording that is altered, in seconds: it is held as a whole, several times over.
    package static let longestAltered = 600.0

    /// The features of a file, or of a part of it: T × `width`, or 1 × `width` with functionals.
    ///
    /// - Throws: `FeatureError`: the file cannot be read, is shorter than a frame, silent, or has samples that are not finite.
    public func features(of segment: AudioSegment) throws(FeatureError) -> Matrix {
        try featuresWithWarnings(of: segment).features
    }

    /// The same, with the warnings about the recording.
    package func featuresWithWarnings(of segment: AudioSegment) throws(FeatureError) -> (features: Matrix, warnings: [RecordingWarning]) {
        var stream = try FeatureStream(segment, by: self)
        var all = try stream.next(maximumFrames: Self.chunkFrames)
        while true {
            let more = try stream.next(maximumFrames: Self.chunkFrames)
            guard more.rows > 0 else { return (all, stream.warnings) }
            all.append(rows: more)
        }
    }

    /// The features of samples in memory: mono, at `options.sampleRate`, in −1 … 1.
    ///
    /// - Throws: `FeatureError`, as for a file, without a file name.
    public func features(of samples: [Float]) throws(FeatureError) -> Matrix {
        guard samples.count >= options.samplesNeeded else {
            throw .tooShort(file: nil, samples: samples.count, needed: options.samplesNeeded)
        }
        var samples = samples
        PeakLevel(of: samples, options: options).apply(to: &samples)
        var extractor = makeExtractor()
        var frames = Matrix(rows: 0, columns: width)
        frames.reserve(rows: functionals == nil ? options.frameCount(samples: samples.count) : 1)
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            let chunk = Self.chunkFrames * options.hopSamples
            for start in stride(from: 0, to: samples.count, by: chunk) {
                try extractor.push(UnsafeBufferPointer(rebasing: samples[start..<min(start + chunk, samples.count)]), into: &frames)
            }
        }
        guard samples.contains(where: { $0 != 0 }) else { throw .silent(file: nil) }
        extractor.finish(into: &frames)
        return frames
    }

    /// The features of a file, or of a part of it, after alterations.
    ///
    /// Without alterations this is `features(of:)`, for recordings of any length.
    ///
    /// - Parameters:
    ///   - segment: the file, or the part of it.
    ///   - alterations: applied in this order, at the sample rate of the options.
    ///   - seed: of what is random in them. The same file and seed give the same features.
    /// - Throws: `FeatureError`, as for a file as it is; `.audio(.tooLong)` beyond `longestAltered`; `.audio(.badAlteration)`, `.audio(.codecFailed)`.
    package func features(of segment: AudioSegment, altered alterations: [Alteration], seed: UInt64) throws(FeatureError) -> Matrix {
        guard !alterations.isEmpty else { return try features(of: segment) }
        let samples: [Float]
        do {
            let whole = try AudioFile.read(segment, sampleRate: options.sampleRate, longest: Self.longestAltered)
            samples = try alterations.apply(to: whole, sampleRate: Double(options.sampleRate), seed: seed)
        } catch {
            throw .audio(error)
        }
        do {
            return try features(of: samples)
        } catch {
            throw error.naming(segment.path)
        }
    }
}
