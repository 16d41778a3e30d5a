import StimmungSupport
import StimmungTensors

/// Reads a recording as one channel of Float32 at the requested sampling rate, in pieces, from any audio or video file.
///
///     let reader = try AudioReader(path: "call.mp3")               // 16 kHz by default
///     while true {
///         let samples = try reader.read(maximum: 16_000)
///         if samples.isEmpty { break }
///         …
///     }
///     for warning in reader.warnings { … }
///
/// By default the channel is the mean of the channels of the file. The samples do not depend on the sizes requested, and memory does not depend on
/// the length of the recording. A whole recording of n frames gives round(n · requested rate / rate of the file) samples.
/// Times are those of the container: the audio of a film that begins late starts with silence.
///
/// A file with several channels is decoded to its end before the first sample is returned, to find channels of opposite phase; one that is longer than
/// 2²² samples (44 s of stereo at 48 kHz) is then decoded again. `ChannelSelection.first` and `.channel` do not need this.
///
/// A reader belongs to one thread; any number of readers may run in parallel.
public final class AudioReader {
    /// Path of the file.
    public var path: String { segment.path }
    /// Sampling rate of the samples that `read` returns, in Hz.
    public let sampleRate: Int
    /// Length of the whole recording in seconds, regardless of `start` and `end`, as the header declares it; nil if it does not, and for concatenated recordings.
    public let duration: Double?
    /// Number of channels of the file.
    public var channelCount: Int { source.channels }
    /// Warnings about the recording; complete once `read` has returned an empty array.
    public var warnings: [RecordingWarning] { source.warnings + mixdown.warnings }

    private let source: any SampleSource
    private let mixdown: Mixdown
    private let resampler: Resampler?
    private let segment: AudioSegment

    /// Frames of the file skipped or read so far.
    private var sourcePosition: Int
    /// End of the required frames of the file.
    private let sourceEnd: Int
    private var sourceEnded = false
    /// Resampled samples before the range, still to be dropped.
    private var surplus: Int
    /// Remaining samples of the range; `nil` if it extends to the end.
    private var remaining: Int?
    /// Decoded samples; those from `pendingStart` on have not been returned yet.
    private var pending: [Float] = []
    private var pendingStart = 0
    /// Samples added to `pending` so far.
    private var given = 0
    private var failure: AudioError?

    /// Opens the file and decodes the first samples, so that errors in the file are found here.
    ///
    /// With a start and an end, the samples are those of the whole recording from round(start · rate) up to round(end · rate). The
    /// resampler starts before the cut, so they differ from those of a whole read by less than 10⁻⁴ for lossless files, and not
    /// at all without resampling. Files that ffmpeg decodes are decoded from their beginning.
    ///
    /// - Parameters:
    ///   - segment: the file, or the part of it: `start` at least 0, `end` after it and at most 0.1 s after the end of the recording, as
    ///     the times in corpora are rounded.
    ///   - sampleRate: sampling rate of the samples to return, 1000 … 1,000,000 Hz.
    ///   - ffmpeg: decodes other formats than libsndfile's.
    ///   - cancellation: ends the comparison of channels early; the samples are then useless.
    /// - Throws: any case of `AudioError` except those of writing, folders and alterations.
    package init(
        _ segment: AudioSegment, sampleRate: Int = 16000, ffmpeg: FFmpeg = FFmpeg(), cancellation: Cancellation? = nil
    ) throws(AudioError) {
        let (path, start, end) = (segment.path, segment.start, segment.end)
        guard sampleRates.contains(sampleRate) else { throw .badSampleRate(rate: sampleRate) }
        let first = Self.sample(start ?? 0, sampleRate)
        let last = end.flatMap { Self.sample($0, sampleRate) }
        func badRange(_ reason: String) -> AudioError { .badRange(file: path, start: start, end: end, reason: reason) }
        guard let first, first >= 0 else { throw badRange("does not start at 0 s or later") }
        if end != nil {
            guard let last, last > first else { throw badRange("contains no sample") }
        }

        var ffmpeg = ffmpeg
        // Who limits the length serves others, and cannot wait for a decoder that is silent.
        if segment.longest != nil { ffmpeg.cancellation = cancellation }
        let decoder = FileDecoder(ffmpeg: ffmpeg, longest: segment.longest)
        var source = try decoder.open(path)
        guard sampleRates.contains(source.sampleRate) else {
            throw .corrupt(file: path, reason: "its header states a sampling rate of \(source.sampleRate) Hz")
        }
        if source.frames == 0 { throw .noSamples(file: path) }
        let duration = source.frames.map { Double($0) / Double(source.sampleRate) }
        if let duration, max(start ?? 0, (end ?? 0) - Self.roundingOfTimes) >= duration {
            throw badRange("extends past the end of the recording at \(duration) s")
        }
        mixdown = try Mixdown(of: segment, from: &source, decoder, cancellation: cancellation)
        self.sampleRate = sampleRate
        self.duration = duration
        self.source = source
        self.segment = segment
        resampler = source.sampleRate == sampleRate ? nil : try Resampler(from: source.sampleRate, to: sampleRate)

        // Sample k · step.samples of the output is at frame k · step.frames of the file. Reading starts at such a position, far enough
        // before the range for the filter of the resampler.
        let divisor = Self.greatestCommonDivisor(source.sampleRate, sampleRate)
        let step = (frames: source.sampleRate / divisor, samples: sampleRate / divisor)
        // The lead need not be exact to the sample.
        let lead = resampler == nil ? 0 : Int(Self.lead * Double(sampleRate))
        let begin = max(0, first - lead) / step.samples
        sourcePosition = begin * step.frames
        surplus = first - begin * step.samples
        if let last {
            remaining = last - first
            sourceEnd = ((last + lead) / step.samples + 1) * step.frames
        } else {
            sourceEnd = .max
        }
        try source.skip(frames: sourcePosition)
        try refill()
    }

    /// Opens the file and decodes the first samples, so that errors in the file are found here.
    ///
    /// With a start and an end, the samples are those of the whole recording from round(start · rate) up to round(end · rate).
    ///
    /// - Parameters:
    ///   - path: a regular file. The decoder is chosen by its content, not by its name.
    ///   - sampleRate: sampling rate of the samples to return, 1000 … 1,000,000 Hz.
    ///   - start: in seconds, at least 0; nil for the beginning.
    ///   - end: in seconds, after `start` and at most 0.1 s after the end of the recording; nil for the end.
    ///   - channel: what to take from a recording with several channels.
    /// - Throws: any case of `AudioError` except `notAFolder`, `noAudioFiles`, `notWritable`, `tooLong`, `badAlteration` and `codecFailed`.
    public convenience init(
        path: String, sampleRate: Int = 16000, start: Double? = nil, end: Double? = nil, channel: ChannelSelection = .mix
    ) throws(AudioError) {
        try self.init(AudioSegment(path: path, start: start, end: end, channel: channel), sampleRate: sampleRate)
    }

    /// The next samples: `maximum` of them, or fewer at the end; an empty array after the last.
    ///
    /// - Throws: `corrupt`, `truncated`, `notFinite`, `ffmpegFailed`, `badRange` if only decoding reveals it. The reader then throws the
    ///   same error again.
    public func read(maximum: Int) throws(AudioError) -> [Float] {
        precondition(maximum > 0, "\(maximum) samples asked for")
        var result: [Float] = []
        while result.count < maximum {
            if pendingStart == pending.count {
                try refill()
                if pending.isEmpty { break }
            }
            if result.isEmpty, pendingStart == 0, pending.count <= maximum {
                // The result takes over the array without copying it.
                swap(&result, &pending)
                continue
            }
            let taken = min(maximum - result.count, pending.count - pendingStart)
            result += pending[pendingStart..<pendingStart + taken]
            pendingStart += taken
        }
        return result
    }

    // MARK: -

    /// Tolerance for an end after the end of the recording, in seconds: times in lists of corpora are rounded.
    private static let roundingOfTimes = 0.1
    /// Upper bound of the length of the resampler's filter in seconds. Measured for an impulse, down to 10⁻⁶ of it: 6 ms if the lower rate is
    /// 16 kHz, 11 ms for 8 kHz, 95 ms for 1 kHz.
    private static let lead = 0.1
    /// Samples of all channels together that are decoded at once.
    private static let blockSamples = 1 << 14

    /// The sample at a time in seconds; `nil` if the time is not a number or absurd.
    private static func sample(_ time: Double, _ sampleRate: Int) -> Int? {
        abs(time) < 1e9 ? Int((time * Double(sampleRate)).rounded()) : nil
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    /// Decodes until there are samples to return; at the end there are none.
    private func refill() throws(AudioError) {
        if let failure { throw failure }
        pending = []
        pendingStart = 0
        do {
            while pending.isEmpty && !sourceEnded && remaining != 0 {
                pending = try nextBlock()
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Decodes, mixes and resamples one block, and drops samples outside the range.
    private func nextBlock() throws(AudioError) -> [Float] {
        let wanted = min(max(1, Self.blockSamples / source.channels), sourceEnd - sourcePosition)
        let mono = mixdown.apply(to: wanted > 0 ? try source.read(frames: wanted) : [], channels: source.channels)
        if !areFinite(mono), let bad = mono.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(file: path, time: Double(sourcePosition + bad) / Double(source.sampleRate))
        }
        sourcePosition += mono.count
        sourceEnded = mono.count < wanted || sourcePosition >= sourceEnd

        var samples = mono[...]
        if let resampler {
            samples = try resampler.process(mono)[...]
            if sourceEnded { samples += try resampler.finish() }
        }
        let dropped = min(surplus, samples.count)
        surplus -= dropped
        samples = samples.dropFirst(dropped)
        if let wanted = remaining {
            samples = samples.prefix(wanted)
            remaining = wanted - samples.count
        }
        given += samples.count
        if sourceEnded { try checkEnd() }
        return Array(samples)
    }

    /// Checks that are possible only at the end of the file.
    private func checkEnd() throws(AudioError) {
        let ended = Double(sourcePosition) / Double(source.sampleRate)
        if given == 0, segment.start ?? 0 == 0 { throw .noSamples(file: path) }
        if given == 0 || Double(remaining ?? 0) > Self.roundingOfTimes * Double(sampleRate) {
            throw .badRange(
                file: path, start: segment.start, end: segment.end, reason: "extends past the end of the recording at \(ended) s")
        }
    }
}
