/// One kind of feature that is measured along the path of the pitch: a frame is told only when the frames that decide its pitch are known.
protocol TrackedFeature: Sendable {
    /// Numbers in a frame.
    var width: Int { get }

    /// Measures one frame and writes its `width` numbers; frames come in their order, each once.
    ///
    /// - Parameter samples: the samples around the frame's middle, as `VoiceTrackingLayout` says; zeros beyond the recording.
    mutating func measure(_ pitch: PitchPoint, samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>)

    /// Forgets the recording.
    mutating func reset()
}
