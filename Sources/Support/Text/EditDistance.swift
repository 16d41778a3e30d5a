/// The number of insertions, deletions, substitutions and swaps of neighbours that turn one text into the other.
///
/// Optimal string alignment distance, in O(n · m) time. Source: L. Boytsov, *Indexing Methods for Approximate Dictionary Searching* (2011), section 2.
package func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i]
        for j in 1...b.count {
            let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            var best = min(last[j] + 1, row[j - 1] + 1, substitution)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, beforeLast[j - 2] + 1) }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}

/// The candidate nearest to a mistyped word, ignoring case: at most one edit per three letters. Ties go to the first; nil if no candidate is near
/// enough.
package func suggestion(for word: String, among candidates: [String]) -> String? {
    let distances = candidates.map { (name: $0, edits: editDistance(word.lowercased(), $0.lowercased())) }
    guard let nearest = distances.min(by: { $0.edits < $1.edits }), nearest.edits <= max(1, word.count / 3) else { return nil }
    return nearest.name
}
