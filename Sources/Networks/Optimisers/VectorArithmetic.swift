/// Arithmetic on parameter vectors. Sums are in double precision, because a line search compares losses that differ in the sixth digit.
extension [Float] {
    /// Σ x_i y_i
    package func dot(_ other: [Float]) -> Double {
        precondition(count == other.count, "vectors of \(count) and \(other.count)")
        var sum = 0.0
        for i in indices { sum += Double(self[i]) * Double(other[i]) }
        return sum
    }

    /// x ← x + factor · y
    package mutating func add(_ other: [Float], times factor: Double) {
        precondition(count == other.count, "vectors of \(count) and \(other.count)")
        let factor = Float(factor)
        for i in indices { self[i] += factor * other[i] }
    }

    /// factor · x
    package func scaled(_ factor: Double) -> [Float] {
        let factor = Float(factor)
        return map { factor * $0 }
    }

    /// x + factor · y
    package func adding(_ other: [Float], times factor: Double) -> [Float] {
        var result = self
        result.add(other, times: factor)
        return result
    }

    /// ‖x‖₂
    package var norm: Double { dot(self).squareRoot() }
}
