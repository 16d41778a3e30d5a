import Boltzmann
import Tensors
import Testing

struct BenchmarkTests {
    /// Speed is told as a ratio and never asserted; that the figures fit together is.
    @Test func figuresFitTogether() {
        var benchmark = ContrastiveDivergenceBenchmark(workers: Workers(threads: 1))
        (benchmark.repeats, benchmark.steps) = (3, 4)
        let result = benchmark.run()
        #expect(result.frames == 256)
        #expect(result.step.seconds.count == 3 && result.products.best > 0 && result.step.best > 0)
    }
}
