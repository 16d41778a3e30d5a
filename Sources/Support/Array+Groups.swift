extension Array {
    /// The elements in groups of `size`, the last of which may be smaller: what is made of all of them need not be held at a time.
    package func groups(of size: Int) -> [Self] {
        precondition(size > 0, "groups of \(size)")
        return stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
