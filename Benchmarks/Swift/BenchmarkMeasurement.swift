import Foundation
import StimmungNetworks
import StimmungSupport

/// A timed piece of work: one line of "stimmung-benchmark", as text or as the JSON that the scripts in `Benchmarks` read.
struct BenchmarkMeasurement {
    let kind: BenchmarkKind
    /// Description of the work.
    let what: String
    let threads: Int
    /// Frames processed in a run; chunks in all runs of a session.
    let frames: Int
    var times: Times
    /// Duration of the audio in seconds, if the frames are its features.
    var audioSeconds: Double?
    /// Of a session.
    var chunks: Chunks?
    /// Of an encoder.
    var products: Products?
    /// Of inference with one sequence, which reads all weights at every step.
    var bandwidth: Bandwidth?

    /// What one core can do at most.
    var limits: ProcessorLimits?

    struct Bandwidth: Encodable {
        /// By CPU time of the fastest run.
        let gigabytesPerSecond: Double
        let secondLevelGigabytes: Double
    }

    /// Thousand millions of operations of matrix products per second; a multiply-add is two.
    struct Products: Encodable {
        /// In the fastest run.
        let gigaflopsPerSecond: Double
        /// The same by CPU time, which other work on the machine hardly increases.
        let processorGigaflopsPerSecond: Double
        /// Independent multiply-adds on the same number of threads, by CPU time.
        let peakGigaflopsPerSecond: Double
        var share: Double { processorGigaflopsPerSecond / peakGigaflopsPerSecond }
    }

    /// Milliseconds per chunk of a session.
    struct Chunks: Encodable {
        let medianMs: Double
        let p95Ms: Double
        let p99Ms: Double
        let maximumMs: Double
        /// CPU time, which other work on the machine hardly increases.
        let p99ProcessorMs: Double
    }

    /// The times of the work and of its parts.
    struct Times: Encodable {
        /// A training step, or the whole work if it is not training.
        let train: Runs
        var infer: Runs?
        /// The matrix products at the processor's peak.
        var limit: Runs?
        /// The recurrent layer alone.
        var layer: Runs?
        /// Reading the weights.
        var reading: Runs?
        /// The first recording.
        var first: Runs?
    }

    /// Milliseconds of every run, in ascending order.
    struct Runs: Encodable {
        let wallMs: [Double]
        let processorMs: [Double]
        var best: Double { wallMs[0] }
        var median: Double { wallMs[wallMs.count / 2] }
        var processorMedian: Double { processorMs[processorMs.count / 2] }

        init(_ timings: Timings) {
            wallMs = timings.seconds.map { $0 * 1e3 }
            processorMs = timings.processorSeconds.map { $0 * 1e3 }
        }

        /// A bound instead of runs.
        init(milliseconds: Double, threads: Int) {
            (wallMs, processorMs) = ([milliseconds], [milliseconds * Double(threads)])
        }
    }

    init(_ kind: BenchmarkKind, _ what: String, threads: Int, frames: Int, _ timings: Timings) {
        self.kind = kind
        self.what = what
        self.threads = threads
        self.frames = frames
        times = Times(train: Runs(timings))
    }

    /// Medians, with the fastest run; shares and ratios are of the fastest runs, which other work on the machine affects least.
    var text: String {
        let train = times.train
        var parts = [String(format: "%.2f ms (fastest %.2f)", train.median, train.best)]
        if let limit = times.limit {
            parts.append(
                String(
                    format: "products at the peak %.2f ms (%.0f %%; by CPU time %.0f %%)", limit.best, 100 * limit.best / train.best,
                    100 * limit.processorMs[0] / train.processorMs[0]))
        }
        if let layer = times.layer {
            parts.append(String(format: "LSTM layer alone %.2f ms (ratio %.2f)", layer.best, train.best / layer.best))
        }
        if let inference = times.infer { parts.append(String(format: "inference %.2f ms", inference.median)) }
        if let bandwidth {
            parts.append(
                String(
                    format: "which reads weights at %.0f GB/s (%.0f %% of the second-level cache's %.0f)", bandwidth.gigabytesPerSecond,
                    100 * bandwidth.gigabytesPerSecond / bandwidth.secondLevelGigabytes, bandwidth.secondLevelGigabytes))
        }
        if let chunks {
            parts.append(
                String(
                    format: "per chunk median %.2f ms, 95 %% below %.2f ms, 99 %% below %.2f ms (CPU time %.2f ms), maximum %.2f ms",
                    chunks.medianMs, chunks.p95Ms, chunks.p99Ms, chunks.p99ProcessorMs, chunks.maximumMs))
        } else {
            parts.append(String(format: "%.2f µs per frame", train.median * 1e3 / Double(frames)))
        }
        if let products {
            parts.append(
                String(
                    format: "%.0f GFLOP/s (by CPU time %.0f, %.0f %% of the peak of %.0f)", products.gigaflopsPerSecond,
                    products.processorGigaflopsPerSecond, 100 * products.share, products.peakGigaflopsPerSecond))
        }
        if let reading = times.reading, let first = times.first {
            parts.append(
                String(
                    format: "first recording: CPU time %.1f ms (reading the weights) + %.1f ms", reading.processorMedian,
                    first.processorMedian))
        }
        if products != nil, let audioSeconds {
            parts.append(
                String(
                    format: "%.2f ms (CPU time %.2f ms) per second of audio", train.median / audioSeconds,
                    train.processorMedian / audioSeconds))
        }
        if let audioSeconds { parts.append(String(format: "%.0f times real time", audioSeconds * 1e3 / train.median)) }
        return "\(what): \(parts.joined(separator: ", "))"
    }
}

extension BenchmarkMeasurement: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, what, threads, frames, audioSeconds, realTimeFactor, chunks, products, bandwidth, limits, times, trainMs, trainBestMs,
            inferMs, limitMs,
            layerMs
    }

    /// Encodes the times of all runs and the figures of the text: the median and the fastest training step, and the fastest of the others.
    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: CodingKeys.self)
        try line.encode(kind, forKey: .kind)
        try line.encode(what, forKey: .what)
        try line.encode(threads, forKey: .threads)
        try line.encode(frames, forKey: .frames)
        try line.encodeIfPresent(audioSeconds, forKey: .audioSeconds)
        try line.encodeIfPresent(audioSeconds.map { times.train.median / 1e3 / $0 }, forKey: .realTimeFactor)
        try line.encodeIfPresent(chunks, forKey: .chunks)
        try line.encodeIfPresent(products, forKey: .products)
        try line.encodeIfPresent(bandwidth, forKey: .bandwidth)
        try line.encodeIfPresent(limits, forKey: .limits)
        try line.encode(times, forKey: .times)
        try line.encode(times.train.median, forKey: .trainMs)
        try line.encode(times.train.best, forKey: .trainBestMs)
        try line.encodeIfPresent(times.infer?.best, forKey: .inferMs)
        try line.encodeIfPresent(times.limit?.best, forKey: .limitMs)
        try line.encodeIfPresent(times.layer?.best, forKey: .layerMs)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

/// The kinds of work that can be timed.
enum BenchmarkKind: String, CaseIterable, Encodable {
    /// The peephole LSTM layer on sequences of equal lengths, and on lengths from a quarter of the longest.
    case lstm
    /// The same in both directions, with twice the cells in each.
    case bidirectional
    /// A whole training step of the recipe "lstm".
    case step
    /// Contrastive divergence of a conditional RBM.
    case crbm
    /// Mel cepstra of a minute of audio.
    case mfcc
    /// A session of the built-in model.
    case session
    /// The first blocks of an installed encoder.
    case encoder
}
