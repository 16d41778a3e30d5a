import Foundation
import StimmungFeatures
import StimmungTensors

/// The probability of speech every 10 ms, as samples arrive.
///
///     var scorer = SpeechScorer(try SpeechModel.builtIn())
///     let scores = try scorer.push(chunk)         // of the frames that have become complete
///     let last = scorer.finish()                  // the rest; ready for the next recording
///
/// Samples are mono at 16 kHz. Score k is that of the window of 25 ms that begins at 10k ms. It is given once the network has seen
/// `delay` more frames: with the built-in model, 145 ms after the beginning of its window. n samples give 1 + ⌊(n − 400) / 160⌋ scores. Any cut
/// into chunks gives the same bits, since the network runs frame by frame. Memory does not grow. A copy is independent of its original.
public struct SpeechScorer {
    /// Seconds from score to score.
    public static var hop: Double { SpeechFrontEnd.hop }
    /// Samples per second of the input, in Hz.
    public static var sampleRate: Int { SpeechFrontEnd.sampleRate }
    /// Seconds from the beginning of a score's window until it is given.
    public var latency: Double { Double(delay) * Self.hop + 0.025 }

    /// The samples of the last `push` after the high-pass of the front end.
    var filtered: [Float] { frontEnd.filtered }

    private let network: SpeechNetwork
    private let delay: Int
    private var frontEnd = SpeechFrontEnd()
    private var rows = Matrix(rows: 0, columns: SpeechFrontEnd.width)
    /// The last row, which follows the end of the recording as often as the delay needs.
    private var last: [Float] = []
    private var state: [Float]
    /// Frames that the network has seen.
    private var seen = 0

    /// A scorer for one recording after another.
    public init(_ model: SpeechModel) {
        network = model.inference
        state = network.makeState()
        delay = model.shape.delay
    }

    /// Takes the next samples; returns the scores that became complete, 0 … 1.
    ///
    /// - Throws: `FeatureError.notFinite` if a sample is not finite or far outside −1 … 1; the state is then unchanged.
    public mutating func push(_ samples: [Float]) throws(FeatureError) -> [Float] {
        rows.resize(rows: 0)
        try frontEnd.push(samples, into: &rows)
        guard rows.rows > 0 else { return [] }
        last = Array(rows.row(rows.rows - 1))
        var scores: [Float] = []
        scores.reserveCapacity(rows.rows)
        rows.elements.withUnsafeBufferPointer { elements in
            guard let first = elements.baseAddress else { return }
            // Bounds: each row has as many values as the network has inputs.
            var row = 0
            while row < rows.rows {
                let count = seen == 0 ? 1 : min(SpeechNetwork.frames, rows.rows - row)
                score(first + row * SpeechFrontEnd.width, count: count, &scores)
                row += count
            }
        }
        return scores
    }

    /// The scores of the last frames. The next `push` starts another recording.
    public mutating func finish() -> [Float] {
        var scores: [Float] = []
        if seen > 0 {
            for _ in 0..<delay { score(last, count: 1, &scores) }
            // A recording of fewer frames than the delay has as many scores as frames.
            let frames = seen - delay
            scores = scores.suffix(frames)
        }
        frontEnd.reset()
        state = network.makeState()
        seen = 0
        return scores
    }

    /// Runs the network on rows, the first row of a recording alone; appends the scores that are due.
    private mutating func score(_ rows: UnsafePointer<Float>, count: Int, _ scores: inout [Float]) {
        var seen = seen
        let delay = delay
        network.run(rows, count: count, &state) { pause, speech in
            seen += 1
            // None are due for the first frames.
            if seen > delay { scores.append(1 / (1 + exp(pause - speech))) }
        }
        // The first frame leaves no state: its level is its own floor and peak. The default thresholds were chosen with scores of this kind.
        if self.seen == 0 { state = network.makeState() }
        self.seen = seen
    }
}
