import Foundation

/// The discrete Fourier transform of complex numbers: X(k) = Σ x(n) e^(−2πi kn/N), for N a power of two.
///
/// Stockham's radix-2 algorithm, which needs no separate sorting. Source: C. Van Loan, *Computational Frameworks for the Fast Fourier Transform*
/// (1992), section 1.7. The value has no mutable state, so threads can share it.
///
/// Features use another transform (`ck_fourier`), which computes the power of real numbers in eight frames at once, in radix 4, and rounds
/// differently. It would change the last bits of alterations, and with them every model trained on altered copies.
struct ComplexTransform: Sendable {
    /// The number of points.
    let size: Int
    /// cos(2πk/N) and sin(2πk/N) for k below N/2.
    private let cosines: [Float]
    private let sines: [Float]

    /// - Parameter size: a power of two.
    init(size: Int) {
        precondition(size > 0 && size & (size - 1) == 0, "\(size) is not a power of two")
        self.size = size
        let angles = (0..<size / 2).map { 2 * Double.pi * Double($0) / Double(size) }
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
    }

    /// Transforms in place. With real and imaginary parts swapped, it is the inverse transform times N.
    func apply(_ real: inout [Float], _ imaginary: inout [Float]) {
        precondition(real.count == size && imaginary.count == size, "not \(size) points")
        var (otherReal, otherImaginary) = (real, imaginary)
        var stride = 1
        while stride < size {
            pass(stride: stride, real, imaginary, &otherReal, &otherImaginary)
            swap(&real, &otherReal)
            swap(&imaginary, &otherImaginary)
            stride *= 2
        }
    }

    /// One pass: 2-point transforms of numbers half the size apart, written side by side.
    private func pass(
        stride: Int, _ real: [Float], _ imaginary: [Float], _ newReal: inout [Float], _ newImaginary: inout [Float]
    ) {
        let half = size / 2
        real.withUnsafeBufferPointer { real in
            imaginary.withUnsafeBufferPointer { imaginary in
                newReal.withUnsafeMutableBufferPointer { newReal in
                    newImaginary.withUnsafeMutableBufferPointer { newImaginary in
                        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress, let newReal = newReal.baseAddress,
                            let newImaginary = newImaginary.baseAddress
                        else { return }
                        for start in Swift.stride(from: 0, to: half, by: stride) {
                            // Each of the four has `size` numbers. The last index read is start + stride − 1 + half, the last one
                            // written is 2 (start + stride) − 1; start + stride is at most size / 2.
                            butterflies(
                                stride, cosines[start], sines[start], (real + start, real + start + half),
                                (imaginary + start, imaginary + start + half), (newReal + 2 * start, newReal + 2 * start + stride),
                                (newImaginary + 2 * start, newImaginary + 2 * start + stride))
                        }
                    }
                }
            }
        }
    }

    /// The 2-point transforms with a common factor.
    // More than five parameters: the inner loop, for which the optimiser has to see eight separate pointers.
    @inline(__always)
    private func butterflies(
        _ count: Int, _ cosine: Float, _ sine: Float, _ real: (UnsafePointer<Float>, UnsafePointer<Float>),
        _ imaginary: (UnsafePointer<Float>, UnsafePointer<Float>), _ newReal: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>),
        _ newImaginary: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    ) {
        for index in 0..<count {
            let (a, b) = (real.0[index], real.1[index])
            let (c, d) = (imaginary.0[index], imaginary.1[index])
            newReal.0[index] = a + b
            newImaginary.0[index] = c + d
            newReal.1[index] = (a - b) * cosine + (c - d) * sine
            newImaginary.1[index] = (c - d) * cosine - (a - b) * sine
        }
    }
}
