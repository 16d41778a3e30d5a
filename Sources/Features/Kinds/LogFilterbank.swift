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
        withUnsafeTemporaryAllocation(of: Float.self, capacity: FourierTransform.lanes * width) { bands in
            for (frames, power) in block.groups {
                filterbank.logEnergies(power, floor: floor, into: bands)
                writeRows(bands, frames, width, into: rows, column: column, stride: stride)
            }
        }
    }
}
