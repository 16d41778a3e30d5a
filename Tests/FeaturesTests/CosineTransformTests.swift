import Foundation
import StimmungFeatures
import Testing

struct CosineTransformTests {
    @Test("the transform is orthonormal: it preserves lengths and angles")
    func orthonormal() {
        let transform = CosineTransform(inputs: 26, coefficients: 26, lifter: 0)
        let images = (0..<26).map { unit in transform((0..<26).map { $0 == unit ? 1 : 0 }) }
        for (i, a) in images.enumerated() {
            for (j, b) in images.enumerated() {
                let product = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-6)
            }
        }
    }

    @Test("a constant has only the first coefficient, a cosine only its own")
    func pure() {
        let transform = CosineTransform(inputs: 26, coefficients: 13, lifter: 0)
        let constant = transform([Float](repeating: 2, count: 26))
        #expect(abs(constant[0] - 2 * Float(26).squareRoot()) < 1e-4)
        #expect(constant.dropFirst().allSatisfy { abs($0) < 1e-5 })
        let cosine = transform((0..<26).map { Float(cos(.pi * 5 * (Double($0) + 0.5) / 26)) })
        for n in 0..<13 {
            #expect(abs(cosine[n] - (n == 5 ? Float(13).squareRoot() : 0)) < 1e-5)
        }
    }

    @Test("lifter weights, alone and applied to coefficients")
    func lifter() {
        let weights = CosineTransform.lifterWeights(23, lifter: 22)
        #expect(weights[0] == 1 && abs(weights[11] - 12) < 1e-12 && abs(weights[22] - 1) < 1e-12)
        #expect(abs(weights[1] - 2.5654625) < 1e-6)
        #expect(CosineTransform.lifterWeights(13, lifter: 0) == [Double](repeating: 1, count: 13))

        let values = (0..<26).map { Float($0 * $0 % 17) }
        let plain = CosineTransform(inputs: 26, coefficients: 13, lifter: 0)(values)
        let liftered = CosineTransform(inputs: 26, coefficients: 13, lifter: 22)(values)
        for n in 0..<13 {
            #expect(abs(liftered[n] - plain[n] * Float(weights[n])) < 1e-3)
        }
    }
}
