// A file of its own: used by all kinds.

/// The dot product of two vectors of equal length.
///
/// Sums in eight lanes: in a single sum, each addition would wait for the one before.
func dot(_ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> Float {
    precondition(x.count == y.count, "dot product of \(x.count) and \(y.count) elements")
    var lanes = SIMD8<Float>.zero
    let whole = x.count / 8 * 8
    let (left, right) = (UnsafeRawBufferPointer(x), UnsafeRawBufferPointer(y))
    for start in stride(from: 0, to: 4 * whole, by: 32) {
        lanes +=
            left.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
            * right.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
    }
    var sum = lanes.sum()
    for index in whole..<x.count { sum += x[index] * y[index] }
    return sum
}
