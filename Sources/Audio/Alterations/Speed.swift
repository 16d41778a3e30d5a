/// Faster or slower playback, as of a tape: the samples are interpreted at `factor` times the rate and resampled.
struct Speed {
    let factor: Double

    /// n samples become round(n / factor).
    func apply(to samples: [Float]) throws(AudioError) -> [Float] {
        // libsoxr uses only the ratio. This resolution shifts the end of a minute by less than 0.1 ms.
        let rate = 500_000
        return try Resampler.resample(samples, from: Int((factor * Double(rate)).rounded()), to: rate)
            .fitted(to: Int((Double(samples.count) / factor).rounded()))
    }
}

extension Resampler {
    /// Resamples a whole signal; unchanged if the rates are equal.
    static func resample(_ samples: [Float], from inputRate: Int, to outputRate: Int) throws(AudioError) -> [Float] {
        guard inputRate != outputRate else { return samples }
        let resampler = try Resampler(from: inputRate, to: outputRate)
        return try resampler.process(samples) + resampler.finish()
    }
}

extension [Float] {
    /// Truncated or zero-padded to this number of samples.
    func fitted(to length: Int) -> [Float] {
        count >= length ? Array(prefix(length)) : self + [Float](repeating: 0, count: length - count)
    }
}
