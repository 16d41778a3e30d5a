import Foundation
import Stimmung

/// One line of "stimmung benchmark": a piece of work with its times, as text or as JSON with the names that `Benchmarks` reads.
struct BenchmarkMeasurement: Encodable {
    /// Which of the benchmarks it is.
    let kind: BenchmarkKind
    /// The work in words.
    let what: String
    let threads: Int
    /// Frames that are worked on in a run.
    let frames: Int
    /// A training step, or the only kind of work there is. Milliseconds of every run, rising; likewise those below.
    let trainTimesMs: [Double]
    var inferTimesMs: [Double]?
    /// What the matrix products alone take.
    var limitTimesMs: [Double]?
    /// What the recurrent layer alone takes.
    var layerTimesMs: [Double]?
    /// Seconds of sound in the frames.
    var audioSeconds: Double?

    init(_ kind: BenchmarkKind, _ what: String, threads: Int, frames: Int, _ timings: Timings) {
        self.kind = kind
        self.what = what
        self.threads = threads
        self.frames = frames
        trainTimesMs = Self.milliseconds(timings)
    }

    static func milliseconds(_ timings: Timings) -> [Double] { timings.seconds.map { $0 * 1e3 } }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Medians, with the fastest run; shares and ratios are of the fastest, which other work on the machine disturbs least.
    var text: String {
        let train = Timings(trainTimesMs)
        var parts = [String(format: "%.2f ms (fastest %.2f)", train.median, train.best)]
        if let limit = limitTimesMs.map(Timings.init) {
            parts.append(String(format: "its products alone %.2f ms (%.0f %%)", limit.best, 100 * limit.best / train.best))
        }
        if let layer = layerTimesMs.map(Timings.init) {
            parts.append(String(format: "its LSTM layer alone %.2f ms (%.2f times that)", layer.best, train.best / layer.best))
        }
        if let inference = inferTimesMs.map(Timings.init) { parts.append(String(format: "inference %.2f ms", inference.median)) }
        parts.append(String(format: "%.2f µs a frame", train.median * 1e3 / Double(frames)))
        if let audioSeconds { parts.append(String(format: "%.0f times real time", audioSeconds * 1e3 / train.median)) }
        return "\(what): \(parts.joined(separator: ", "))"
    }
}

/// What can be timed.
enum BenchmarkKind: String, CaseIterable, Encodable {
    /// The peephole LSTM layer on sequences of equal lengths, and of lengths from a quarter of the longest.
    case lstm
    /// The same in both directions, with twice the cells in each.
    case bidirectional
    /// A whole training step of the recipe "lstm".
    case step
    /// Contrastive divergence of a conditional RBM.
    case crbm
    /// Mel cepstra of a recording of a minute.
    case mfcc
}
