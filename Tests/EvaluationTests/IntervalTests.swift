import StimmungEvaluation
import StimmungTensors
import Testing

struct IntervalTests {
    private func close(_ interval: Interval, _ lower: Double, _ upper: Double) -> Bool {
        abs(interval.lower - lower) < 1e-12 && abs(interval.upper - upper) < 1e-12
    }

    /// Reference: SciPy, `binomtest(k, n).proportion_ci(0.95, "wilson")`.
    @Test func wilsonAgreesWithSciPy() {
        #expect(close(.wilson(successes: 81, of: 263), 0.2552885198782742, 0.36620957698280004))
        #expect(close(.wilson(successes: 352, of: 489), 0.6784382427538612, 0.7578075238146965))
        #expect(close(.wilson(successes: 408, of: 489), 0.7988248984255889, 0.8646744767740314))
        #expect(close(.wilson(successes: 1, of: 1), 0.20654931437723745, 1))
        #expect(close(.wilson(successes: 0, of: 10), 0, 0.27753279986288926))
        #expect(close(.wilson(proportion: 1, of: 10), 0.7224672001371109, 1))
        #expect(Interval.wilson(successes: 0, of: 10).lower == 0 && Interval.wilson(successes: 10, of: 10).upper == 1)
    }

    /// Reference: the published formula over SciPy's Wilson intervals, in NumPy.
    @Test func uarAgreesWithTheFormula() {
        #expect(close(.uar(recalls: [(8, 10), (5, 10), (17, 20)]), 0.5640383626624641, 0.8217883249992579))
        #expect(close(.uar(recalls: [(10, 10), (5, 5)]), 0.7422212832661523, 1))
        #expect(close(.uar(recalls: [(0, 1), (1, 1)]), 0.10327465718861872, 0.8967253428113813))
        let emodb = [(127, 127), (70, 81), (40, 46), (60, 69), (55, 71), (58, 62), (70, 79)].map { (successes: $0.0, of: $0.1) }
        #expect(close(.uar(recalls: emodb), 0.84979963272173, 0.9072203057522402))
        #expect(close(.uar(recalls: [(81, 263)]), 0.2552885198782742, 0.36620957698280004))
    }

    /// What "95 %" claims: of many experiments with known recalls, about 95 in 100 intervals hold the true mean.
    @Test(arguments: [
        [(0.9, 127), (0.7, 81), (0.6, 46), (0.8, 69), (0.75, 71), (0.98, 62), (0.85, 79)],
        [(0.95, 10), (0.5, 12), (0.99, 8)], [(0.3, 5), (0.9, 200)],
    ]) func uarIntervalsHoldTheTruth(classes: [(Double, Int)]) {
        var random = RandomSource(seed: 17)
        let truth = classes.reduce(0) { $0 + $1.0 } / Double(classes.count)
        let experiments = 4000
        let held = (0..<experiments).count { _ in
            Interval.uar(
                recalls: classes.map { recall, count in
                    (successes: (0..<count).count { _ in Double(random.uniform()) < recall }, of: count)
                }
            ).contains(truth)
        }
        #expect((0.93...0.985).contains(Double(held) / Double(experiments)), "\(held) of \(experiments)")
    }
}
