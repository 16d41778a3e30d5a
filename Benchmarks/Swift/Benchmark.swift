import ArgumentParser
import Foundation
import Stimmung
import StimmungNetworks
import StimmungSupport
import StimmungTensors

@main
struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stimmung-benchmark",
        abstract: "Time training, features and sessions, and the matrix products alone as a limit.",
        discussion: """
            stimmung-benchmark --threads 1
            stimmung-benchmark lstm --cells 512 --json
            stimmung-benchmark session --recordings emodb/wav/*.wav

              lstm           training step of an LSTM layer, equal and mixed lengths
              bidirectional  the same in both directions, twice the cells in each
              step           training step of the recipe lstm and its LSTM layer
              crbm           contrastive divergence step of a conditional RBM
              mfcc           39 mel cepstra of a minute of audio, on one thread
              session        chunks of a session of the built-in model, on one thread
              encoder        blocks 1 and 2 of an encoder, 16 recordings of 3 s; needs --weights

            The first line is what one core can do at most, measured in the same run; STIMMUNG_ISA=avx2 measures without AVX-512. The products \
            of a step are compared with the peak of multiply-adds, and weights read for one sequence with the second-level cache. Times are \
            medians. Shares and ratios compare the fastest runs. --json includes the times of every run. "make bench" compares with PyTorch and librosa.
            """)

    @Argument(help: ArgumentHelp("Benchmarks to run. (default: all)", valueName: "kind"))
    var kinds: [BenchmarkKind] = []

    @Option(help: ArgumentHelp("Number of time steps.", valueName: "n"))
    var steps = 300
    @Option(help: ArgumentHelp("Sequences in the batch.", valueName: "n"))
    var batch = 32
    @Option(help: ArgumentHelp("Inputs of the LSTM layer.", valueName: "n"))
    var inputs = 39
    @Option(help: ArgumentHelp("Cells of the LSTM layer.", valueName: "n"))
    var cells = 128
    @Option(help: ArgumentHelp("Duration of the session, 1 to 86400.", valueName: "seconds"))
    var seconds = 60.0
    @Option(help: ArgumentHelp("Duration of a chunk of the session, 1 to 10000.", valueName: "ms"))
    var chunk = 100
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Recordings to repeat in the session. (default: synthesised speech)", valueName: "file"), completion: .file())
    var recordings: [String] = []
    @Option(
        help: ArgumentHelp("Weights of the encoder, as installed by \"stimmung encoder install\".", valueName: "file"), completion: .file())
    var weights: String?
    @Option(help: "Precision of the products of LSTM layers.")
    var precision = Precision.float32
    @Option(help: ArgumentHelp("Number of timed runs.", valueName: "n"))
    var repeats = 7
    @Flag(help: "Print JSON, one line per measurement.")
    var json = false
    @Option(help: ArgumentHelp("Number of threads. (default: all processors)", valueName: "n"))
    var threads: Int?

    private var workers: Workers { Workers(threads: threads) }

    func validate() throws {
        for (name, value) in [("steps", steps), ("inputs", inputs), ("cells", cells)] where !(8...4096).contains(value) {
            throw ValidationError("--\(name) is \(value); it must be 8 to 4096.")
        }
        guard (1...4096).contains(batch) else { throw ValidationError("--batch is \(batch); it must be 1 to 4096.") }
        guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds is \(seconds); it must be 1 to 86400.") }
        guard (1...10_000).contains(chunk) else { throw ValidationError("--chunk is \(chunk); it must be 1 to 10000.") }
        guard weights != nil || !kinds.contains(.encoder) else {
            throw ValidationError("The benchmark \"encoder\" needs the encoder's file: add --weights FILE.")
        }
        guard (1...1000).contains(repeats) else { throw ValidationError("--repeats is \(repeats); it must be 1 to 1000.") }
    }

    mutating func run() throws {
        let limits = ProcessorLimits()
        if !json { print(limits.text) }
        for kind in BenchmarkKind.allCases where kinds.isEmpty || kinds.contains(kind) {
            for measurement in try measure(kind, limits) {
                var measurement = measurement
                measurement.limits = limits
                print(try json ? measurement.json : measurement.text)
            }
        }
    }

    private func measure(_ kind: BenchmarkKind, _ limits: ProcessorLimits) throws -> [BenchmarkMeasurement] {
        let equal = [Int](repeating: steps, count: batch)
        let mixed = (0..<batch).map { steps - $0 * (steps * 3 / 4) / max(batch - 1, 1) }
        return switch kind {
        case .lstm:
            [
                layer(kind, "peephole LSTM of \(cells) cells, equal lengths", equal, limits),
                layer(kind, "peephole LSTM of \(cells) cells, mixed lengths", mixed, limits),
            ]
        case .bidirectional:
            [layer(kind, "bidirectional peephole LSTM of 2 × \(2 * cells) cells, equal lengths", equal, limits)]
        case .step: [try trainingStep()].compactMap { $0 }
        case .crbm: [contrastiveDivergence(limits)]
        case .mfcc: [try frontEnd()]
        case .session: [try session()]
        case .encoder: try weights.map { [try encoder($0, limits)] } ?? []
        }
    }

    private func layer(_ kind: BenchmarkKind, _ what: String, _ lengths: [Int], _ limits: ProcessorLimits) -> BenchmarkMeasurement {
        let isBidirectional = kind == .bidirectional
        var benchmark = LayerBenchmark(
            layer: LSTM(inputs: inputs, cells: isBidirectional ? 2 * cells : cells), lengths: lengths, workers: workers)
        (benchmark.isBidirectional, benchmark.precision) = (isBidirectional, precision)
        benchmark.repeats = repeats
        let result = benchmark.run()
        var measurement = BenchmarkMeasurement(kind, what, threads: workers.threads, frames: result.frames, result.training)
        measurement.times.infer = .init(result.inference)
        let threads = min(workers.threads, lengths.count)
        measurement.times.limit = .init(
            milliseconds: limits.milliseconds(operations: result.operations, precision, threads: threads), threads: threads)
        if lengths.count == 1 {
            measurement.bandwidth = .init(
                gigabytesPerSecond: result.weights / result.inference.processorSeconds[0] / 1e9,
                secondLevelGigabytes: limits.secondLevelGigabytes)
        }
        return measurement
    }

    private func trainingStep() throws -> BenchmarkMeasurement? {
        let recipe = try Recipe(named: "lstm")
        var benchmark = RecipeBenchmark(recipe, workers: workers)
        benchmark.repeats = repeats
        guard let result = try benchmark.run() else { return nil }
        var measurement = BenchmarkMeasurement(
            .step, "training step of the recipe \(recipe.name), \(result.sequences) crops of \(result.length) frames",
            threads: workers.threads, frames: result.sequences * result.length, result.step)
        measurement.times.layer = .init(result.layer)
        return measurement
    }

    private func contrastiveDivergence(_ limits: ProcessorLimits) -> BenchmarkMeasurement {
        var benchmark = ContrastiveDivergenceBenchmark(workers: workers)
        benchmark.repeats = repeats
        let result = benchmark.run()
        var measurement = BenchmarkMeasurement(
            .crbm, "conditional RBM, CD-1, \(benchmark.visible) visible, order \(benchmark.order), \(benchmark.hidden) hidden",
            threads: workers.threads, frames: result.frames, result.step)
        let threads = min(workers.threads, benchmark.parts)
        measurement.times.limit = .init(
            milliseconds: limits.milliseconds(operations: result.operations, threads: threads), threads: threads)
        return measurement
    }

    private func frontEnd() throws -> BenchmarkMeasurement {
        var benchmark = FrontEndBenchmark()
        benchmark.repeats = repeats
        let result = try benchmark.run()
        var measurement = BenchmarkMeasurement(
            .mfcc, "\(benchmark.options.width) mel cepstra and deltas, \(Int(benchmark.seconds)) s of audio", threads: 1,
            frames: result.frames,
            result.extraction)
        measurement.audioSeconds = benchmark.seconds
        return measurement
    }
}

extension Benchmark {
    private func encoder(_ weights: String, _ limits: ProcessorLimits) throws -> BenchmarkMeasurement {
        var benchmark = EncoderBenchmark(weights: weights, limits: limits)
        (benchmark.workers, benchmark.repeats) = (workers, repeats)
        let result = try benchmark.run()
        var measurement = BenchmarkMeasurement(
            .encoder, "blocks 1 to \(benchmark.blocks) of an encoder, \(benchmark.batch) recordings of \(Int(benchmark.seconds)) s",
            threads: workers.threads, frames: result.frames, result.batch)
        measurement.audioSeconds = benchmark.seconds * Double(benchmark.batch)
        measurement.products = result.products
        (measurement.times.reading, measurement.times.first) = (.init(result.reading), .init(result.encoding))
        return measurement
    }

    private func session() throws -> BenchmarkMeasurement {
        var benchmark = SessionBenchmark()
        (benchmark.recordings, benchmark.seconds, benchmark.chunk, benchmark.repeats) = (recordings, seconds, chunk, repeats)
        let result = try benchmark.run()
        let percentile = SessionBenchmark.Result.percentile
        let share = Int((100 * result.speech).rounded())
        var measurement = BenchmarkMeasurement(
            .session, "session of the built-in model, \(Int(seconds)) s of audio, \(share) % speech, chunks of \(chunk) ms", threads: 1,
            frames: result.chunks.count, result.session)
        measurement.audioSeconds = seconds
        measurement.chunks = .init(
            medianMs: percentile(0.5, result.chunks), p95Ms: percentile(0.95, result.chunks),
            p99Ms: percentile(0.99, result.chunks), maximumMs: percentile(1, result.chunks),
            p99ProcessorMs: percentile(0.99, result.processorChunks))
        return measurement
    }
}

extension BenchmarkKind: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
