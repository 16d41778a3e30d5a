import Foundation

/// The convolution of a signal with a kernel, such as a filter's or a room's impulse response. Its length is the sum of both lengths, minus one.
///
/// Block by block by the Fourier transform (overlap and add). The kernel is real, so two blocks are transformed at once, one as the real
/// part and one as the imaginary part. Source: T. G. Stockham, *High-speed convolution and correlation*, AFIPS 28 (1966).
package func convolution(_ samples: [Float], _ kernel: [Float]) -> [Float] {
    guard !samples.isEmpty, !kernel.isEmpty else { return [] }
    let length = samples.count + kernel.count - 1
    let size = transformSize(samples: samples.count, taps: kernel.count)
    let step = size - kernel.count + 1
    let transform = ComplexTransform(size: size)
    var kernelReal = kernel.map { $0 / Float(size) }.fitted(to: size)
    var kernelImaginary = [Float](repeating: 0, count: size)
    transform.apply(&kernelReal, &kernelImaginary)

    var output = [Float](repeating: 0, count: length)
    for first in stride(from: 0, to: samples.count, by: 2 * step) {
        let second = min(first + step, samples.count)
        var real = Array(samples[first..<second]).fitted(to: size)
        var imaginary = Array(samples[second..<min(second + step, samples.count)]).fitted(to: size)
        transform.apply(&real, &imaginary)
        for index in 0..<size {
            let (a, b) = (real[index], imaginary[index])
            real[index] = a * kernelReal[index] - b * kernelImaginary[index]
            imaginary[index] = a * kernelImaginary[index] + b * kernelReal[index]
        }
        transform.apply(&imaginary, &real)
        for index in 0..<min(size, length - first) { output[first + index] += real[index] }
        for index in 0..<max(0, min(size, length - second)) { output[second + index] += imaginary[index] }
    }
    return output
}

/// The transform size with the fewest operations: small blocks waste work on the overlap, large ones on zeros.
private func transformSize(samples: Int, taps: Int) -> Int {
    let smallest = powerOfTwo(atLeast: max(256, taps))
    func operations(_ size: Int) -> Double {
        let step = 2 * (size - taps + 1)
        // There and back for two blocks each, once for the kernel.
        return Double(2 * ((samples + step - 1) / step) + 1) * Double(size) * log2(Double(size))
    }
    return (0...5).map { smallest << $0 }.min { operations($0) < operations($1) } ?? smallest
}

func powerOfTwo(atLeast number: Int) -> Int {
    var power = 1
    while power < number { power *= 2 }
    return power
}
