import StimmungFeatures
import StimmungTensors
import Testing

struct InverseTests {
    @Test(arguments: [0, 22]) func allCoefficientsRecoverTheValues(lifter: Int) {
        var random = RandomSource(seed: 3)
        let values = (0..<26).map { _ in random.normal() }
        let there = CosineTransform(inputs: 26, coefficients: 26, lifter: lifter)
        // sin(πn/22) is negative above 22, but 1 + 11 sin(πn/22) is not close to zero for any integer n.
        let back = InverseCosineTransform(outputs: 26, coefficients: 26, lifter: lifter)(there(values))
        for (a, b) in zip(values, back) { #expect(abs(a - b) < 1e-4) }
    }

    @Test func fewCoefficientsGiveASmoothSpectrumWithTheSameCepstrum() {
        var random = RandomSource(seed: 4)
        let values = (0..<26).map { _ in random.normal() }
        let there = CosineTransform(inputs: 26, coefficients: 13, lifter: 22)
        let cepstrum = there(values)
        let back = InverseCosineTransform(outputs: 26, coefficients: 13, lifter: 22)(cepstrum)
        for (a, b) in zip(cepstrum, there(back)) { #expect(abs(a - b) < 1e-4) }
        #expect(zip(values, back).contains { abs($0 - $1) > 0.1 })
    }

    @Test func normalisationIsUndone() {
        let frames = Matrix(rows: 3, columns: 2, elements: [1, 5, -2, 5, 4, 5])
        var statistics = FeatureStatistics(width: 2)
        statistics.add(frames)
        let normaliser = Normaliser(statistics)
        var copy = frames
        normaliser.apply(to: &copy)
        #expect(abs(copy[0, 0] - frames[0, 0]) > 0.1)
        normaliser.undo(on: &copy)
        for (a, b) in zip(frames.elements, copy.elements) { #expect(abs(a - b) < 1e-5) }
    }
}
