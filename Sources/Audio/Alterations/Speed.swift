/// Faster or slower, as a tape would play it: the samples are taken for ones at `factor` times the rate, and resampled.
struct Speed {
    let factor: Double

    /// n samples become round(n / factor).
    func apply(to samples: [Float]) throws(AudioError) -> [Float] {
        // libsoxr looks at the ratio only. So fine a grid moves the end of a minute by less than a tenth of a millisecond.
        let rate = 500_000
        return try Resampler.resample(samples, from: Int((factor * Double(rate)).rounded()), to: rate)
            .fitted(to: Int((Double(samples.count) / factor).rounded()))
    }
}

extension Resampler {
    /// A whole signal at once; as it is where the rates are the same.
    static func resample(_ samples: [Float], from inputRate: Int, to outputRate: Int) throws(AudioError) -> [Float] {
        guard inputRate != outputRate else { return samples }
        let resampler = try Resampler(from: inputRate, to: outputRate)
        return try resampler.process(samples) + resampler.finish()
    }
}

extension [Float] {
    /// With this number of samples: cut at the end, or followed by zeros.
    func fitted(to length: Int) -> [Float] {
        count >= length ? Array(prefix(length)) : self + [Float](repeating: 0, count: length - count)
    }
}
