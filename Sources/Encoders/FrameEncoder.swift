import StimmungTensors

/// Turns samples into frames that a network has learned from far more speech than there is with emotions.
package protocol FrameEncoder: Sendable {
    /// Samples per second.
    var sampleRate: Int { get }
    /// Samples from one frame to the next.
    var hop: Int { get }
    /// Values per frame.
    var width: Int { get }
    /// The most samples that are encoded at once, a multiple of two hops. A frame depends on all of them.
    var window: Int { get }

    /// The number of frames that `count` samples give; at most a window of samples.
    func frames(samples count: Int) -> Int
    /// The frames of a window of samples, `frames × width`. The samples must be finite.
    func encode(_ samples: [Float]) -> Matrix
}

extension FrameEncoder {
    /// The frames of any number of samples.
    package func encodeAll(_ samples: [Float]) -> Matrix {
        var stream = EncoderStream(self)
        var frames = stream.push(samples)
        frames.append(rows: stream.finish())
        return frames
    }

    /// A window overlaps the one before by a quarter.
    package var overlap: Int { window / hop / 4 * hop }
}

/// Encodes samples as they arrive, in overlapping windows.
///
/// Samples that fit into one window are encoded at once. Otherwise windows begin every three quarters of a window, and the last one ends with the
/// samples, so that every window is whole. Where two windows overlap, frames of the first half of the overlap are from the earlier
/// window and the others from the later one: each from the window whose edge is farther. Any cut of the samples gives the same bits.
package struct EncoderStream: Sendable {
    private let encoder: any FrameEncoder
    /// The samples from the start of the current window on.
    private var samples: [Float] = []
    /// Frames of the current window that earlier windows have given.
    private var given = 0
    /// The end of the samples of the window before, which the last window may need.
    private var before: [Float] = []

    package init(_ encoder: any FrameEncoder) { self.encoder = encoder }

    private var step: Int { encoder.window - encoder.overlap }

    /// Takes the next samples; returns the frames that have become certain.
    package mutating func push(_ more: [Float]) -> Matrix {
        samples += more
        var frames = Matrix(rows: 0, columns: encoder.width)
        // More than a window: the samples after it tell that it is not the last.
        var start = 0
        while samples.count - start > encoder.window {
            let encoded = encoder.encode(Array(samples[start..<start + encoder.window]))
            let end = encoded.rows - encoder.overlap / encoder.hop / 2
            frames.append(rows: encoded.rows(given..<end))
            given = end - step / encoder.hop
            before = Array(samples[start..<start + step])
            start += step
        }
        samples.removeFirst(start)
        return frames
    }

    /// The remaining frames; ends the stream.
    package mutating func finish() -> Matrix {
        // The last window begins earlier by whole hops, so that it has its full length.
        let missing = before.isEmpty ? 0 : (encoder.window - samples.count) / encoder.hop
        let window = Array(before.suffix(missing * encoder.hop)) + samples
        let encoded = encoder.encode(window)
        let first = min(given + missing, encoded.rows)
        (samples, before, given) = ([], [], 0)
        return encoded.rows(first..<encoded.rows)
    }
}
