/// A decoder: returns the frames of one recording in order, with the channels and at the rate of the file.
///
/// Here, a frame is one sample of every channel.
protocol SampleSource: AnyObject {
    /// Sampling rate in Hz.
    var sampleRate: Int { get }
    var channels: Int { get }
    /// The number of frames that the header declares; nil if it does not.
    var frames: Int? { get }
    /// Warnings about the recording; complete at its end.
    var warnings: [RecordingWarning] { get }

    /// The next `count` frames, interleaved, or fewer at the end: `count × channels` samples; an empty array after the last.
    func read(frames count: Int) throws(AudioError) -> [Float]

    /// Skips `count` frames; stops at the end without an error.
    func skip(frames count: Int) throws(AudioError)
}

extension SampleSource {
    var warnings: [RecordingWarning] { [] }

    /// Reads and drops: correct for every decoder, but slow in a long file.
    func readAndDrop(frames count: Int, inBlocksOf block: Int) throws(AudioError) {
        var left = count
        while left > 0 {
            let got = try read(frames: min(left, block)).count / channels
            guard got > 0 else { return }
            left -= got
        }
    }
}

/// The mean over the channels of interleaved samples (`frames × channels`); `frames` samples.
func meanOfChannels(_ interleaved: [Float], channels: Int) -> [Float] {
    guard channels > 1 else { return interleaved }
    let scale = 1 / Float(channels)
    return [Float](unsafeUninitializedCapacity: interleaved.count / channels) { mono, filled in
        filled = interleaved.count / channels
        for frame in 0..<filled {
            var sum: Float = 0
            for channel in 0..<channels {
                sum += interleaved[frame * channels + channel]
            }
            mono[frame] = sum * scale
        }
    }
}

/// One channel, counted from 0, of interleaved samples.
func channel(_ channel: Int, of interleaved: [Float], channels: Int) -> [Float] {
    guard channels > 1 else { return interleaved }
    return (0..<interleaved.count / channels).map { interleaved[$0 * channels + channel] }
}
