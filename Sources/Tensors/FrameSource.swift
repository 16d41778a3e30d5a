/// The frames of a sequence, T × D, wherever they lie: in memory (`Matrix`), in a file (`FrameStore`), or computed from such when they are asked for.
///
/// Training takes its sequences so, for the frames of a large corpus need more memory than all else.
package protocol FrameSource: Sendable {
    /// T
    var rows: Int { get }
    /// D
    var columns: Int { get }
    /// The frames of `range`, which lies within 0 ..< T. May be asked for by several threads at a time.
    func frames(_ range: Range<Int>) throws(FrameError) -> Matrix
}

extension FrameSource {
    /// All of them.
    package func frames() throws(FrameError) -> Matrix { try frames(0..<rows) }
}

extension Matrix: FrameSource {
    package func frames(_ range: Range<Int>) -> Matrix { range == 0..<rows ? self : rows(range) }
}
