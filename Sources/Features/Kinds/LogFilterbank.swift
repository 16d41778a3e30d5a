/// Logarithms of mel band energies ("fbank", log-mel spectrum).
struct LogFilterbank: FrameFeature {
    private let filterbank: MelFilterbank
    private let floor: Float

    let needsPower = true

    var width: Int { filterbank.bands }

    init(_ options: FeatureOptions) {
        filterbank = MelFilterbank(options, bands: options.filterbankBands)
        floor = options.logFloor
    }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        for frame in 0..<block.count {
            let first = frame * stride + column
            let bands = UnsafeMutableBufferPointer(rebasing: rows[first..<first + width])
            filterbank.apply(block.power(ofFrame: frame), into: bands)
            floorAndLog(bands, floor: floor)
        }
    }
}
