import StimmungTensors

/// Frames that are normalised when they are asked for, so that a corpus stands in memory, or on the disk, once and not for every normaliser anew.
package struct NormalisedFrames: FrameSource {
    private let source: any FrameSource
    private let normaliser: Normaliser

    package init(_ source: any FrameSource, by normaliser: Normaliser) {
        self.source = source
        self.normaliser = normaliser
    }

    package var rows: Int { source.rows }
    package var columns: Int { source.columns }

    package func frames(_ range: Range<Int>) throws(FrameError) -> Matrix {
        var frames = try source.frames(range)
        normaliser.apply(to: &frames)
        return frames
    }
}
