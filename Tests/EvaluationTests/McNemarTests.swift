import StimmungEvaluation
import Testing

struct McNemarTests {
    /// Reference: SciPy, `binomtest(b, b + c, 0.5).pvalue`; 378 / 4096 = 2 × (1 + 13 + 78 + 286) / 2¹³ by hand.
    @Test(
        arguments: [
            (0, 0, 1), (5, 5, 1), (3, 10, 378.0 / 4096), (10, 3, 378.0 / 4096), (0, 8, 0.0078125), (59, 6, 4.964650327128616e-12),
            (121, 59, 4.4344492637551645e-06), (400, 500, 0.0009564441369189373), (30_000, 30_000, 1),
        ] as [(Int, Int, Double)]) func agreesWithSciPy(first: Int, second: Int, p: Double)
    {
        #expect(abs(McNemar.p(onlyFirstRight: first, onlySecondRight: second) / p - 1) < 1e-9)
    }

    @Test func countsPairs() {
        let first = [true, true, true, false, false, true, true, true, true, true]
        let second = [true, false, false, true, false, false, false, false, false, false]
        // Seven that only the first has right, one that only the second has: 2 × (1 + 8) / 2⁸.
        #expect(abs(McNemar.p(firstRight: first, secondRight: second) - 18.0 / 256) < 1e-12)
    }
}
