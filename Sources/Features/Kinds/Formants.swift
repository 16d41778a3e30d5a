import func Foundation.atan2
import func Foundation.cos
import func Foundation.log
import func Foundation.sin

/// The resonances of the vocal tract: the frequencies of the first three formants in hertz.
///
/// The spectrum up to `formantCeiling` is modelled by an all-pole filter with one pair of poles per 1100 Hz (J. Makhoul, *Spectral linear
/// prediction: properties and applications*, IEEE ASSP 23, 1975). Its autocorrelation is the cosine transform of that part of the power
/// spectrum; the Levinson–Durbin recursion gives the filter, and the Durand–Kerner method its poles. A pole is a formant if it lies at
/// least 90 Hz inside the band and its bandwidth is at most 700 Hz. Missing formants are replaced by those of a neutral tube: 500, 1500,
/// 2500 Hz.
struct Formants: FrameFeature, FixedColumns {
    private static let spacing = 1100.0
    private static let margin = 90.0
    private static let broadest = 700.0
    private static let neutral: [Float] = [500, 1500, 2500]
    private static let iterations = 60
    /// Relative amount added to the energy (−90 dB), so that the filter is stable for spectra with gaps.
    private static let regularisation = 1e-9

    private let ceiling: Double
    private let order: Int
    private let bins: Int
    /// `order + 1` rows of `bins` cosines.
    private let cosines: [Float]

    static let names = ["formant_1", "formant_2", "formant_3"]

    static func validate(_ options: FeatureOptions) throws(FeatureError) {
        // Three formants need three pairs of poles, and enough bins.
        let half = Double(options.sampleRate) / 2
        try options.require(
            options.formantCeiling >= 3000 && options.formantCeiling <= min(8000, half), "formantCeiling", "\(options.formantCeiling)",
            "3000 Hz to 8000 Hz, and to half the sample rate (\(half) Hz)")
        try options.requireBins(of: .formants)
    }

    init(_ options: FeatureOptions) {
        let binWidth = Double(options.sampleRate) / Double(options.transformSize)
        let last = Int(options.formantCeiling / binWidth)
        bins = last + 1
        ceiling = Double(last) * binWidth
        order = 2 * Int((ceiling / Self.spacing).rounded())
        cosines = (0...order).flatMap { lag in
            (0...last).map { bin in
                // In the full symmetric spectrum the first and the last bin occur once, the others twice.
                (bin == 0 || bin == last ? 0.5 : 1) * Float(cos(.pi * Double(lag * bin) / Double(last)))
            }
        }
    }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        for frame in 0..<block.count {
            let formants = formants(block.withPower(ofFrame: frame) { autocorrelation(UnsafeBufferPointer(rebasing: $0[..<bins])) })
            for index in formants.indices { rows[frame * stride + column + index] = formants[index] }
        }
    }

    private func autocorrelation(_ power: UnsafeBufferPointer<Float>) -> [Double] {
        cosines.withUnsafeBufferPointer { cosines in
            (0...order).map { lag in
                Double(dot(power, UnsafeBufferPointer(rebasing: cosines[lag * bins..<(lag + 1) * bins])))
            }
        }
    }

    private func formants(_ autocorrelation: [Double]) -> [Float] {
        guard autocorrelation[0] > 1e-30 else { return Self.neutral }
        let poles = Self.roots(Self.predictor(autocorrelation))
        let found = poles.compactMap { pole -> Float? in
            let frequency = atan2(pole.imaginary, pole.real) / .pi * ceiling
            let magnitude = (pole.real * pole.real + pole.imaginary * pole.imaginary).squareRoot()
            let bandwidth = -log(max(magnitude, 1e-12)) * 2 * ceiling / .pi
            let isFormant = frequency > Self.margin && frequency < ceiling - Self.margin && abs(bandwidth) < Self.broadest
            return isFormant ? Float(frequency) : nil
        }.sorted()
        return (0..<3).map { $0 < found.count ? found[$0] : max(Self.neutral[$0], found.last ?? 0) }
    }

    /// The predictor polynomial 1, a_1, …, a_p, by the Levinson–Durbin recursion.
    private static func predictor(_ r: [Double]) -> [Double] {
        var a = [1.0]
        var error = r[0] * (1 + regularisation)
        for order in 1..<r.count {
            var sum = r[order]
            for index in 1..<order { sum += a[index] * r[order - index] }
            let reflection = -sum / error
            let before = a + [0]
            a = (0...order).map { before[$0] + reflection * before[order - $0] }
            error *= max(1 - reflection * reflection, regularisation)
        }
        return a
    }

    private struct Complex {
        var real: Double
        var imaginary: Double

        static func * (x: Complex, y: Complex) -> Complex {
            Complex(real: x.real * y.real - x.imaginary * y.imaginary, imaginary: x.real * y.imaginary + x.imaginary * y.real)
        }

        static func - (x: Complex, y: Complex) -> Complex {
            Complex(real: x.real - y.real, imaginary: x.imaginary - y.imaginary)
        }

        static func / (x: Complex, y: Complex) -> Complex {
            let square = max(y.real * y.real + y.imaginary * y.imaginary, 1e-300)
            return Complex(
                real: (x.real * y.real + x.imaginary * y.imaginary) / square,
                imaginary: (x.imaginary * y.real - x.real * y.imaginary) / square)
        }
    }

    /// All zeros of zᵖ + a_1 zᵖ⁻¹ + … + a_p, found simultaneously by the Durand–Kerner method.
    private static func roots(_ a: [Double]) -> [Complex] {
        let order = a.count - 1
        // No starting point is real, and no two are conjugate: otherwise conjugate roots could not separate.
        var roots = (0..<order).map { index in
            let angle = 2 * .pi * (Double(index) + 0.25) / Double(order)
            return Complex(real: 0.9 * cos(angle), imaginary: 0.9 * sin(angle))
        }
        for _ in 0..<iterations {
            var largest = 0.0
            for index in 0..<order {
                let z = roots[index]
                var value = Complex(real: 1, imaginary: 0)
                for coefficient in a.dropFirst() {
                    value = value * z
                    value.real += coefficient
                }
                var others = Complex(real: 1, imaginary: 0)
                for other in 0..<order where other != index { others = others * (z - roots[other]) }
                let step = value / others
                roots[index] = z - step
                largest = max(largest, abs(step.real) + abs(step.imaginary))
            }
            if largest < 1e-6 { break }
        }
        return roots
    }
}
