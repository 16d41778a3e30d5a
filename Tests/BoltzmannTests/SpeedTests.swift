import Boltzmann
import Tensors
import Testing
struct SpeedTests {
    @Test func speed() {
        for _ in 0..<3 {
        let r = ContrastiveDivergenceBenchmark(workers: Workers(threads: 1)).run()
        print("SPEED", r.stepBest * 1e3, r.stepMedian * 1e3, r.productsBest * 1e3)
        }
    }
}
