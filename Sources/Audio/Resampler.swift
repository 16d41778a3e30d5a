import CStimmungSoxr

/// Changes the sampling rate of a signal that comes in blocks, by libsoxr in its high quality (20 bits, linear phase, no delay).
///
/// The output for n samples in total has round(n · to / from) samples, for any block sizes:
///
///     let resampler = try Resampler(from: 44100, to: 16000)
///     for block in blocks { output += try resampler.process(block) }
///     output += try resampler.finish()
///
/// Memory does not grow with the length of the signal.
package final class Resampler {
    /// In Hz.
    package let inputRate: Int
    /// In Hz.
    package let outputRate: Int
    private let handle: soxr_t

    /// - Throws: `badSampleRate` for rates outside 1000 … 1,000,000 Hz; `resamplingFailed` if libsoxr fails.
    package init(from inputRate: Int, to outputRate: Int) throws(AudioError) {
        guard sampleRates.contains(inputRate) else { throw .badSampleRate(rate: inputRate) }
        guard sampleRates.contains(outputRate) else { throw .badSampleRate(rate: outputRate) }
        self.inputRate = inputRate
        self.outputRate = outputRate
        var error: soxr_error_t?
        var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
        guard let handle = soxr_create(Double(inputRate), Double(outputRate), 1, &error, nil, &quality, nil) else {
            throw .resamplingFailed(from: inputRate, to: outputRate, reason: error.map { String(cString: $0) } ?? "out of memory")
        }
        self.handle = handle
    }

    deinit {
        soxr_delete(handle)
    }

    /// Processes `input` and returns the samples that are ready; possibly none.
    package func process(_ input: [Float]) throws(AudioError) -> [Float] {
        guard !input.isEmpty else { return [] }
        return try run(input)
    }

    /// Ends the input and returns the remaining samples. `process` must not be called afterwards.
    package func finish() throws(AudioError) -> [Float] {
        try run(nil)
    }

    /// Feeds `input` (`nil`: the end) and collects all available output.
    private func run(_ input: [Float]?) throws(AudioError) -> [Float] {
        var output: [Float] = []
        var consumed = 0
        let block = max(1024, (input?.count ?? 0) * outputRate / inputRate + 64)
        while true {
            var took = 0
            var error: soxr_error_t?
            let part = [Float](unsafeUninitializedCapacity: block) { buffer, filled in
                if let input {
                    // At most the remaining `input.count − consumed` samples are read.
                    input.withUnsafeBufferPointer { samples in
                        error = soxr_process(
                            handle, samples.baseAddress.map { $0 + consumed }, input.count - consumed, &took, buffer.baseAddress, block,
                            &filled)
                    }
                } else {
                    error = soxr_process(handle, nil, 0, nil, buffer.baseAddress, block, &filled)
                }
            }
            if let error {
                throw .resamplingFailed(from: inputRate, to: outputRate, reason: String(cString: error))
            }
            consumed += took
            output += part
            if part.count < block && consumed == (input?.count ?? 0) { return output }
        }
    }
}

/// Valid sampling rates of headers and requests, in Hz.
///
/// Speech is never sampled below 1 kHz, and resampling a hostile file of 1 Hz would turn kilobytes into gigabytes.
let sampleRates = 1000...1_000_000
