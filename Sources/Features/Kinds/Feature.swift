/// One kind of feature, which describes itself: its number of columns, their names and its valid options.
protocol Feature: Sendable {
    /// Values per frame, without deltas. This is called often and must not build strings.
    static func width(_ options: FeatureOptions) -> Int

    /// The names of the columns; there are `width` of them.
    static func columnNames(_ options: FeatureOptions) -> [String]

    /// How much each column changes if the log energy (natural logarithm) of the recording increases by 1.
    static func levelFactors(_ options: FeatureOptions) -> [Float]

    /// Whether the columns are the bands of a spectrum. Functionals include fewer statistics of these, because the cepstrum carries the
    /// same information in a third of the columns.
    static var isSpectrum: Bool { get }

    /// Validates the options that this kind uses.
    ///
    /// - Throws: `FeatureError.option` if one of them is invalid.
    static func validate(_ options: FeatureOptions) throws(FeatureError)

    /// - Parameter options: valid options.
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

/// A kind that is computed frame by frame.
///
/// A block may hold any number of frames. The values of a frame must not depend on the other frames of its block, so that the result does
/// not depend on the chunks in which a recording arrives.
protocol FrameFeature: Feature {
    /// Whether this kind reads the block's power spectra, which are computed only if some kind needs them.
    static var needsPower: Bool { get }

    /// Measures every frame of `block` and writes the values of frame `t` to `rows[t × stride + column]` and those after it.
    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int)
}

extension FrameFeature {
    static var needsPower: Bool { true }
}

/// A kind that is measured along the pitch path: a frame is complete only when the frames that decide its pitch have arrived.
protocol TrackedFeature: Feature {
    /// Length of the samples that this kind needs, in multiples of the pitch window (three periods of the lowest pitch); 0 for none.
    static var reach: Int { get }

    /// Measures one frame and writes its values. Each frame is measured once, in order.
    ///
    /// - Parameter samples: the samples around the frame's middle, in the range given by `VoiceTrackingLayout`; zeros outside the
    ///   recording. As many as the kind with the longest reach needs.
    mutating func measure(_ pitch: PitchPoint, samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>)

    /// Resets the state for the next recording.
    mutating func reset()
}

extension TrackedFeature {
    static var reach: Int { 1 }

    static func validate(_ options: FeatureOptions) throws(FeatureError) { try options.requirePitch() }
}
