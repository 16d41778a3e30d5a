// A file of its own: one kind of feature.

/// The samples of a frame up to the start of the next: what speech encoders hear.
struct Samples: FrameFeature {
    static let needsPower = false

    static func width(_ options: FeatureOptions) -> Int { options.hopSamples }
    static func columnNames(_ options: FeatureOptions) -> [String] { (0..<options.hopSamples).map { "sample_\($0)" } }
    static var isSpectrum: Bool { true }

    private let count: Int

    init(_ options: FeatureOptions) { count = options.hopSamples }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        for frame in 0..<block.count {
            let start = frame * stride + column
            _ = rows[start..<start + count].update(fromContentsOf: block.samples(ofFrame: frame, from: 0, count: count))
        }
    }
}
