import StimmungNetworks
import StimmungTensors

/// What a system is trained on: normalised frames of the utterances of a corpus, as recorded and as altered copies of them, with their labels.
package struct TrainingMaterial: Sendable {
    /// Of each utterance as it was recorded, T × D.
    package let recordings: [any FrameSource]
    /// The same of every altered copy.
    package let copies: [[any FrameSource]]
    package let labels: [Int]
    package let speakers: [String]
    /// For errors.
    package let names: [String]

    /// The utterances as they were recorded.
    package func recordings(_ indices: [Int]) -> [LabelledSequence] { sequences(indices, of: recordings) }

    /// The utterances and all their copies.
    package func withCopies(_ indices: [Int]) -> [LabelledSequence] {
        recordings(indices) + copies.flatMap { sequences(indices, of: $0) }
    }

    private func sequences(_ indices: [Int], of frames: [any FrameSource]) -> [LabelledSequence] {
        indices.map { LabelledSequence(frames: frames[$0], label: labels[$0], name: names[$0]) }
    }

    /// Divides utterances into parts without a common speaker, or where there is only one speaker into parts by utterance.
    ///
    /// - Returns: as many parts as there are speakers (or utterances), at most `count`.
    package func parts(of indices: [Int], count: Int, seed: UInt64) -> [[Int]] {
        let present = Set(indices.map { speakers[$0] }).sorted()
        var random = RandomSource(seed: seed)
        guard present.count > 1 else {
            let order = random.permutation(indices.count).map { indices[$0] }
            let parts = min(count, order.count)
            return (0..<parts).map { part in stride(from: part, to: order.count, by: parts).map { order[$0] }.sorted() }
        }
        let parts = min(count, present.count)
        let place = Dictionary(
            uniqueKeysWithValues: random.permutation(present.count).enumerated().map { (present[$0.element], $0.offset % parts) })
        return (0..<parts).map { part in indices.filter { place[speakers[$0]] == part } }
    }
}
