// A file of its own: one kind of feature.

import func Foundation.log

/// The logarithm of the sum of squares of the raw frame, before pre-emphasis and windowing: HTK's `E` without its scaling.
struct LogEnergy: FrameFeature, FixedColumns {
    static let names = ["energy"]
    static let needsPower = false

    static func levelFactors(_ options: FeatureOptions) -> [Float] { [1] }

    init(_ options: FeatureOptions) {}

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        for frame in 0..<block.count {
            let samples = block.samples(ofFrame: frame)
            let sum = dot(samples, samples)
            rows[frame * stride + column] = log(max(sum, block.floors[frame]))
        }
    }
}
