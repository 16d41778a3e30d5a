import Tensors

/// Frames that are normalised when they are asked for, so that a corpus stands in memory, or on the disk, once and not for every normaliser anew.
public struct NormalisedFrames: FrameSource {
    private let source: any FrameSource
    private let normaliser: Normaliser

    public init(_ source: any FrameSource, by normaliser: Normaliser) {
        self.source = source
        self.normaliser = normaliser
    }

    public var rows: Int { source.rows }
    public var columns: Int { source.columns }

    public func frames(_ range: Range<Int>) throws(FrameError) -> Matrix {
        var frames = try source.frames(range)
        normaliser.apply(to: &frames)
        return frames
    }
}
