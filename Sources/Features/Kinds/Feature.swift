/// One kind of feature, which describes itself: how many columns it has, their names, and what its options may be.
protocol Feature: Sendable {
    /// Values per frame, without deltas. It is asked for often and must not make texts.
    static func width(_ options: FeatureOptions) -> Int

    /// The names of the columns, as many as `width`.
    static func columnNames(_ options: FeatureOptions) -> [String]

    /// For each column, what it changes by where the recording is louder by 1, in natural logarithms of energy.
    static func levelFactors(_ options: FeatureOptions) -> [Float]

    /// Whether the columns are a spectrum in bands. Functionals take fewer statistics of them, as the cepstrum tells the same at a third of
    /// the width.
    static var isSpectrum: Bool { get }

    /// Checks the options that this kind uses.
    ///
    /// - Throws: `FeatureError.option`
    static func validate(_ options: FeatureOptions) throws(FeatureError)

    /// - Parameter options: valid.
    init(_ options: FeatureOptions)
}

extension Feature {
    static func levelFactors(_ options: FeatureOptions) -> [Float] { [Float](repeating: 0, count: width(options)) }
    static var isSpectrum: Bool { false }
    static func validate(_ options: FeatureOptions) throws(FeatureError) {}
}

/// A kind whose columns are the same for all options.
protocol FixedColumns: Feature {
    static var names: [String] { get }
}

extension FixedColumns {
    static func width(_ options: FeatureOptions) -> Int { names.count }
    static func columnNames(_ options: FeatureOptions) -> [String] { names }
}

/// A kind that is computed for every frame by itself.
///
/// A block may hold any number of frames, and what is computed for a frame must not depend on the others in the block: that is
/// what makes the chunks in which a recording arrives invisible in the result.
protocol FrameFeature: Feature {
    /// Whether it reads the block's power spectra; where no kind does, none are computed.
    static var needsPower: Bool { get }

    /// Measures every frame of `block` and writes the values of frame `t` to `rows[t × stride + column]` and those after it.
    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int)
}

extension FrameFeature {
    static var needsPower: Bool { true }
}

/// A kind that is measured along the path of the pitch: a frame is complete only when the frames that decide its pitch are known.
protocol TrackedFeature: Feature {
    /// How many times the samples that pitch is measured on (three periods of the lowest pitch) it looks at.
    static var reach: Int { get }

    /// Measures one frame and writes its values; frames come in their order, each once.
    ///
    /// - Parameter samples: the samples around the frame's middle, as `VoiceTrackingLayout` has them; zeros beyond the recording.
    mutating func measure(_ pitch: PitchPoint, samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>)

    /// Forgets the recording.
    mutating func reset()
}

extension TrackedFeature {
    static var reach: Int { 1 }

    static func validate(_ options: FeatureOptions) throws(FeatureError) { try options.requirePitch() }
}
