/// The convolution of a signal with a kernel, such as a filter's or a room's impulse response; as long as both together, less one.
///
/// Block by block through the Fourier transform (overlap and add), two blocks at a time: as the kernel is real, one block may go as the
/// real part and the other as the imaginary part. Source: T. G. Stockham, *High-speed convolution and correlation*, AFIPS 28 (1966).
package func convolution(_ samples: [Float], _ kernel: [Float]) -> [Float] {
    guard !samples.isEmpty, !kernel.isEmpty else { return [] }
    let length = samples.count + kernel.count - 1
    // Blocks of three kernels and more waste little on the overlap; a signal that is shorter is one block.
    let size = min(powerOfTwo(atLeast: length), powerOfTwo(atLeast: max(1024, 4 * kernel.count)))
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

func powerOfTwo(atLeast number: Int) -> Int {
    var power = 1
    while power < number { power *= 2 }
    return power
}
