/// Logarithms of mel band energies ("fbank", log-mel spectrum).
struct LogFilterbank: FrameFeature {
    private let filterbank: MelFilterbank

    static func width(_ options: FeatureOptions) -> Int { options.filterbankBands }

    static func columnNames(_ options: FeatureOptions) -> [String] { (0..<options.filterbankBands).map { "fbank_\($0)" } }

    static func levelFactors(_ options: FeatureOptions) -> [Float] { [Float](repeating: 1, count: options.filterbankBands) }

    static let isSpectrum = true

    static func validate(_ options: FeatureOptions) throws(FeatureError) {
        try options.requireBands(options.filterbankBands, "filterbankBands")
    }

    init(_ options: FeatureOptions) {
        filterbank = MelFilterbank(options, bands: options.filterbankBands)
    }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: FourierTransform.lanes * filterbank.bands) { bands in
            for group in block.groups {
                filterbank.logEnergies(group.power, floors: group.floors, into: bands)
                block.write(bands, of: group.frames, into: rows, column: column, stride: stride)
            }
        }
    }
}
