import Boltzmann
import Tensors
import Testing
struct SpeedTests {
    @Test func speed() throws {
        for (v, h, o, b) in [
            (39, 256, 5, 256), (39, 256, 5, 256), (39, 256, 5, 256), (39, 512, 0, 256), (39, 128, 10, 256), (39, 256, 5, 1024),
        ] {
            var bench = ContrastiveDivergenceBenchmark(workers: Workers(threads: 1))
            (bench.visible, bench.hidden, bench.order, bench.batch) = (v, h, o, b)
            if b == 1024 { bench.steps = 12 }
            let r = bench.run()
            print("SPEED", v, h, o, b, r.stepBest * 1e3, r.stepMedian * 1e3, r.productsBest * 1e3)
        }
    }
}
