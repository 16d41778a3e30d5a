import StimmungEncoders
import StimmungSupport
import StimmungTensors

/// Times the first blocks of an encoder: the first recording of the process with reading the weights, and a batch of recordings divided over threads.
struct EncoderBenchmark {
    var weights: String
    /// The last block.
    var blocks = 2
    /// Duration of a recording.
    var seconds = 3.0
    /// Recordings in the batch.
    var batch = 16
    var limits: ProcessorLimits
    var workers = Workers()
    var repeats = 7

    struct Result {
        /// Reading the file, the first work of the process.
        var reading: Timings
        /// Encoding the first recording.
        var encoding: Timings
        var batch: Timings
        var products: BenchmarkMeasurement.Products
        var frames: Int
    }

    /// - Throws: `EncoderError` if the weights cannot be read.
    func run() throws -> Result {
        let start = Timings.Mark.now
        let encoder = try WhisperEncoder(WhisperWeights(contentsOf: weights, blocks: blocks), blocks: Array(1...blocks))
        let read = Timings.Mark.now
        let recordings = (0..<UInt64(batch)).map { number in
            var random = RandomSource(seed: number)
            return (0..<Int(seconds * Double(encoder.sampleRate))).map { _ in 0.1 * random.normal() }
        }
        let ready = Timings.Mark.now
        _ = encoder.encodeAll(recordings[0])
        let encoding = Timings([ready, .now])
        let timings = Timings(repeats: repeats) {
            _ = workers.map(batch) { encoder.encodeAll(recordings[$0]) }
        }
        let operations = encoder.operations(samples: recordings[0].count) * Double(batch)
        return Result(
            reading: Timings([start, read]), encoding: encoding, batch: timings,
            products: .init(
                gigaflopsPerSecond: operations / timings.best / 1e9,
                processorGigaflopsPerSecond: operations / timings.processorSeconds[0] / 1e9 * Double(min(workers.threads, batch)),
                peakGigaflopsPerSecond: limits.gigaflops * Double(min(workers.threads, batch))),
            frames: batch * encoder.frames(samples: recordings[0].count))
    }
}
