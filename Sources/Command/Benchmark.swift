import ArgumentParser
import Foundation
import Stimmung

struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Times training on this machine, beside the limit that its matrix products set.",
        discussion: """
            stimmung benchmark --threads 1

            The limit is the time of a step's matrix products alone, measured in the same run on the same shapes. Compare with PyTorch by "make bench".
            """)

    @Option(help: ArgumentHelp("Time steps.", valueName: "n"))
    var steps = 300
    @Option(help: ArgumentHelp("Sequences in the batch.", valueName: "n"))
    var batch = 32
    @Option(help: ArgumentHelp("Inputs of the LSTM layer.", valueName: "n"))
    var inputs = 39
    @Option(help: ArgumentHelp("Cells of the LSTM layer.", valueName: "n"))
    var cells = 128
    @Flag(help: "As JSON, a line for each measurement.")
    var json = false
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        for (name, value) in [("steps", steps), ("batch", batch), ("inputs", inputs), ("cells", cells)] where !(8...4096).contains(value) {
            throw ValidationError("--\(name) is \(value); allowed is 8 to 4096.")
        }
    }

    mutating func run() throws {
        let layer = LSTM(inputs: inputs, cells: cells)
        let equal = [Int](repeating: steps, count: batch)
        let mixed = (0..<batch).map { steps - $0 * (steps * 3 / 4) / max(batch - 1, 1) }
        for (name, lengths) in [("peephole LSTM, equal lengths", equal), ("peephole LSTM, lengths from a quarter", mixed)] {
            let result = LayerBenchmark(layer: layer, lengths: lengths, workers: compute.workers).run()
            let share = result.trainingLimit / result.trainingMedian
            let perFrame = result.trainingMedian / Double(result.frames)
            if json {
                try StandardOutput.line(
                    """
                    {"what": "\(name)", "threads": \(compute.workers.threads), "frames": \(result.frames), \
                    "train_ms": \(result.trainingMedian * 1e3), "train_best_ms": \(result.trainingBest * 1e3), \
                    "infer_ms": \(result.inferenceBest * 1e3), "limit_ms": \(result.trainingLimit * 1e3)}
                    """)
            } else {
                try StandardOutput.line(
                    String(
                        format: "%@: step %.2f ms (best %.2f), limit %.2f ms (%.0f %%), inference %.2f ms, %.2f µs a frame", name,
                        result.trainingMedian * 1e3, result.trainingBest * 1e3, result.trainingLimit * 1e3, 100 * share,
                        result.inferenceBest * 1e3, perFrame * 1e6))
            }
        }
        try benchmarkContrastiveDivergence()
    }

    private func benchmarkContrastiveDivergence() throws {
        let benchmark = ContrastiveDivergenceBenchmark(workers: compute.workers)
        let result = benchmark.run()
        // The products are timed on one thread; the limit of several is their part.
        let limit = result.productsBest / Double(min(compute.workers.threads, benchmark.parts))
        let name = "conditional RBM, CD-1, \(benchmark.visible) visible, order \(benchmark.order), \(benchmark.hidden) hidden"
        if json {
            try StandardOutput.line(
                """
                {"what": "\(name)", "threads": \(compute.workers.threads), "frames": \(result.frames), \
                "train_ms": \(result.stepMedian * 1e3), "train_best_ms": \(result.stepBest * 1e3), "limit_ms": \(limit * 1e3)}
                """)
        } else {
            try StandardOutput.line(
                String(
                    format: "%@: step %.2f ms (best %.2f), limit %.2f ms (%.0f %%), %.2f µs a frame", name, result.stepMedian * 1e3,
                    result.stepBest * 1e3, limit * 1e3, 100 * limit / result.stepBest, result.stepMedian * 1e6 / Double(result.frames)))
        }
    }
}
