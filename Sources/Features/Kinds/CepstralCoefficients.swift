/// Mel frequency cepstral coefficients: the cosine transform of the logarithms of mel band energies.
///
/// S. Davis, P. Mermelstein, *Comparison of parametric representations for monosyllabic word recognition*, IEEE ASSP 28 (1980).
struct CepstralCoefficients: FrameFeature {
    private let filterbank: MelFilterbank
    private let transform: CosineTransform

    static func width(_ options: FeatureOptions) -> Int { options.coefficients }

    static func columnNames(_ options: FeatureOptions) -> [String] { (0..<options.coefficients).map { "mfcc_\($0)" } }

    /// c_0 is the sum of the bands' logarithms divided by the square root of their number; a constant does not change the others.
    static func levelFactors(_ options: FeatureOptions) -> [Float] {
        [Float(options.melBands).squareRoot()] + [Float](repeating: 0, count: options.coefficients - 1)
    }

    static func validate(_ options: FeatureOptions) throws(FeatureError) {
        try options.requireBands(options.melBands, "melBands")
        try options.require(
            (1...options.melBands).contains(options.coefficients), "coefficients", "\(options.coefficients)",
            "1 to melBands (\(options.melBands))")
        try options.require((0...10_000).contains(options.lifter), "lifter", "\(options.lifter)", "0 (none) to 10000")
    }

    init(_ options: FeatureOptions) {
        filterbank = MelFilterbank(options, bands: options.melBands)
        transform = CosineTransform(inputs: options.melBands, coefficients: options.coefficients, lifter: options.lifter)
    }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        let (lanes, width) = (FourierTransform.lanes, transform.coefficients)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: lanes * (filterbank.bands + width)) { memory in
            let bands = UnsafeMutableBufferPointer(rebasing: memory[..<(lanes * filterbank.bands)])
            let coefficients = UnsafeMutableBufferPointer(rebasing: memory[(lanes * filterbank.bands)...])
            for group in block.groups {
                filterbank.logEnergies(group.power, floors: group.floors, into: bands)
                transform.apply(UnsafeBufferPointer(bands), into: coefficients)
                block.write(coefficients, of: group.frames, into: rows, column: column, stride: stride)
            }
        }
    }
}
