import StimmungTensors

/// The features of a whole recording.
package enum FeatureFile {
    /// Frames that are computed between two looks at the samples, 5 seconds by default: what is checked, copied and measured stays in the cache of the
    /// processor meanwhile.
    private static let chunkFrames = 500

    /// Reads a file, or the part of it from `start` to `end` seconds, and computes its features; frames are rows. With functionals there is one row.
    ///
    /// - Throws: `FeatureError`: the file cannot be read, is shorter than a frame, silent, or has samples that are no numbers; or an
    ///   option is wrong.
    package static func extract(
        path: String, start: Double? = nil, end: Double? = nil, options: FeatureOptions = FeatureOptions()
    ) throws(FeatureError) -> Matrix {
        var stream = try FeatureStream(path: path, start: start, end: end, options: options)
        var all = try stream.next(maximumFrames: chunkFrames)
        while true {
            let more = try stream.next(maximumFrames: chunkFrames)
            guard more.rows > 0 else { return all }
            all.append(rows: more)
        }
    }

    /// The features of samples in memory: mono, at `options.sampleRate`, in −1 … 1.
    ///
    /// - Throws: `FeatureError`, as for a file, with no name in it.
    package static func extract(samples: [Float], options: FeatureOptions = FeatureOptions()) throws(FeatureError) -> Matrix {
        var extractor = try FeatureExtractor(options)
        guard samples.count >= options.samplesNeeded else {
            throw .tooShort(file: nil, samples: samples.count, needed: options.samplesNeeded)
        }
        var samples = samples
        PeakLevel(of: samples, options: options).apply(to: &samples)
        var frames = Matrix(rows: 0, columns: extractor.width)
        frames.reserve(rows: options.functionals == nil ? options.frameCount(samples: samples.count) : 1)
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            let chunk = chunkFrames * options.hopSamples
            for start in stride(from: 0, to: samples.count, by: chunk) {
                try extractor.push(UnsafeBufferPointer(rebasing: samples[start..<min(start + chunk, samples.count)]), into: &frames)
            }
        }
        guard samples.contains(where: { $0 != 0 }) else { throw .silent(file: nil) }
        extractor.finish(into: &frames)
        return frames
    }
}
