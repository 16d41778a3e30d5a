/// Truncated back-propagation through time, as recurrent layers define it here.
///
/// A sequence is divided into chunks of k steps from its first: steps 0 ..< k, k ..< 2k, and so on. The state goes on from chunk to
/// chunk, but the gradient does not go back over a border: h_{t−1} (and c_{t−1}) count as constants at the first step t of a chunk. The
/// gradient of a loss at step t so reaches t mod k steps back, at most k − 1, and with k = 1 none. This costs O(T) as the full gradient
/// does; going back k steps from each t would cost O(T k).
///
/// In the backward direction of a `Bidirectional` layer, chunks begin at the sequence's end.
enum Truncation {
    /// Whether the gradient goes on from step t to step t − 1.
    static func passes(from t: Int, chunk: Int?) -> Bool {
        guard t > 0 else { return false }
        guard let chunk else { return true }
        return t % chunk != 0
    }
}
