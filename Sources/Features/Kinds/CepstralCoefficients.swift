/// Mel frequency cepstral coefficients: the cosine transform of the logarithms of mel band energies.
///
/// S. Davis, P. Mermelstein, *Comparison of parametric representations for monosyllabic word recognition*, IEEE ASSP 28 (1980).
struct CepstralCoefficients: FrameFeature {
    private let filterbank: MelFilterbank
    private let transform: CosineTransform
    private let floor: Float

    let needsPower = true

    var width: Int { transform.coefficients }

    init(_ options: FeatureOptions) {
        filterbank = MelFilterbank(options, bands: options.melBands)
        transform = CosineTransform(inputs: options.melBands, coefficients: options.coefficients, lifter: options.lifter)
        floor = options.logFloor
    }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: filterbank.bands) { bands in
            for frame in 0..<block.count {
                filterbank.apply(block.power(ofFrame: frame), into: bands)
                floorAndLog(bands, floor: floor)
                let first = frame * stride + column
                transform.apply(UnsafeBufferPointer(bands), into: UnsafeMutableBufferPointer(rebasing: rows[first..<first + width]))
            }
        }
    }
}
