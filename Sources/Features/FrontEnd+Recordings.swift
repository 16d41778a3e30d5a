import StimmungAudio
import StimmungSupport
import StimmungTensors

/// Features of whole recordings.
extension FrontEnd {
    /// Frames per chunk, 5 seconds by default: the samples of a chunk stay in the processor's cache while they are checked, copied and
    /// measured.
    private static let chunkFrames = 500
    /// Maximum length in seconds of a recording to be altered: several copies of it are in memory at once.
    package static let longestAltered = 600.0

    /// The features of a file, or of a part of it: `T × width` for T frames, or `1 × width` with functionals.
    ///
    /// - Throws: `FeatureError.audio` if the file cannot be read, `.tooShort` or `.silent` if there is nothing to measure, and `.notFinite`
    ///   if it has samples that are not finite.
    public func features(of segment: AudioSegment) throws(FeatureError) -> Matrix {
        do { return try featuresWithWarnings(of: segment).features } catch let error as FeatureError { throw error } catch {
            preconditionFailure("only a cancellation throws another error: \(error)")
        }
    }

    /// The same, with the warnings about the recording.
    ///
    /// - Parameters:
    ///   - acceptsSilence: whether a silent recording has features.
    ///   - cancellation: ends the work early.
    /// - Throws: `FeatureError`, `Cancelled`.
    package func featuresWithWarnings(
        of segment: AudioSegment, acceptsSilence: Bool = false, cancellation: Cancellation? = nil
    ) throws -> (features: Matrix, warnings: [RecordingWarning]) {
        var stream = try FeatureStream(segment, by: self, acceptsSilence: acceptsSilence, cancellation: cancellation)
        var all = try stream.next(maximumFrames: Self.chunkFrames)
        while true {
            let more = try stream.next(maximumFrames: Self.chunkFrames)
            guard more.rows > 0 else { return (all, stream.warnings) }
            all.append(rows: more)
        }
    }

    /// The features of samples in memory: mono, at `options.sampleRate`, in −1 … 1.
    ///
    /// - Throws: `FeatureError.tooShort`, `.silent` or `.notFinite`, as for a file but without a file name.
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
        var silence = Silence(options)
        silence.add(samples)
        guard !silence.isSilent else { throw .silent(file: nil) }
        extractor.finish(into: &frames)
        return frames
    }

    /// The features of a file, or of a part of it, after alterations.
    ///
    /// Without alterations this is `features(of:)`, for recordings of any length.
    ///
    /// - Parameters:
    ///   - segment: the file, or a part of it.
    ///   - alterations: applied in this order, at the sample rate of the options.
    ///   - seed: random seed of the alterations. The same file and seed give the same features.
    /// - Throws: `FeatureError`, as for an unaltered file; also `.audio(.tooLong)` if it is longer than `longestAltered`,
    ///   `.audio(.badAlteration)` if an alteration is invalid, and `.audio(.codecFailed)` if a codec fails.
    package func features(of segment: AudioSegment, altered alterations: [Alteration], seed: UInt64) throws(FeatureError) -> Matrix {
        guard !alterations.isEmpty else { return try features(of: segment) }
        let (whole, samples): ([Float], [Float])
        do {
            whole = try AudioFile.read(segment, sampleRate: options.sampleRate, longest: Self.longestAltered)
            samples = try alterations.apply(to: whole, sampleRate: Double(options.sampleRate), seed: seed)
        } catch {
            throw .audio(error)
        }
        do {
            return try features(of: samples)
        } catch .tooShort(_, let altered, let needed) where altered > 0 && altered < whole.count {
            // In samples of the recording, which is what the user knows.
            throw .tooShort(file: segment.path, samples: whole.count, needed: (needed * whole.count + altered - 1) / altered)
        } catch {
            throw error.naming(segment.path)
        }
    }
}
