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
        let lanes = FourierTransform.lanes
        withUnsafeTemporaryAllocation(of: Float.self, capacity: lanes * (filterbank.bands + width)) { memory in
            let bands = UnsafeMutableBufferPointer(rebasing: memory[..<(lanes * filterbank.bands)])
            let coefficients = UnsafeMutableBufferPointer(rebasing: memory[(lanes * filterbank.bands)...])
            for (frames, power) in block.groups {
                filterbank.logEnergies(power, floor: floor, into: bands)
                transform.apply(UnsafeBufferPointer(bands), into: coefficients)
                writeRows(coefficients, frames, width, into: rows, column: column, stride: stride)
            }
        }
    }
}
