import CKissFFT
import func Foundation.free

/// The Fourier transform of real numbers, by KissFFT.
///
/// KissFFT keeps scratch memory inside its plan, so a plan must not serve two threads, nor two values that look independent.
/// This type is a value: a copy shares the plan until either of them computes, then it makes a plan of its own.
struct FourierTransform: Sendable {
    /// The number of real points, even.
    let size: Int
    private var plan: FourierPlan

    /// - Parameter size: the number of real points; even, at least 2.
    init(size: Int) {
        self.size = size
        plan = FourierPlan(size: size, isInverse: false)
    }

    /// Transforms `input`, `size` numbers, to `output`, `size / 2 + 1` complex numbers: frequencies 0 to half the sample rate.
    mutating func apply(_ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<kiss_fft_cpx>) {
        precondition(input.count == size && output.count == size / 2 + 1, "buffers do not fit a transform of \(size) points")
        if !isKnownUniquelyReferenced(&plan) {
            plan = FourierPlan(size: size, isInverse: false)
        }
        kiss_fftr(plan.configuration, input.baseAddress, output.baseAddress)
    }
}

/// The way back: from the `size / 2 + 1` complex numbers of a real signal's transform to the signal, `size` times as large.
///
/// A value as `FourierTransform` is.
struct InverseFourierTransform: Sendable {
    /// The number of real points, even.
    let size: Int
    private var plan: FourierPlan

    /// - Parameter size: the number of real points; even, at least 2.
    init(size: Int) {
        self.size = size
        plan = FourierPlan(size: size, isInverse: true)
    }

    /// Transforms `input`, `size / 2 + 1` complex numbers, to `output`, `size` real ones.
    mutating func apply(_ input: UnsafeBufferPointer<kiss_fft_cpx>, into output: UnsafeMutableBufferPointer<Float>) {
        precondition(output.count == size && input.count == size / 2 + 1, "buffers do not fit a transform of \(size) points")
        if !isKnownUniquelyReferenced(&plan) {
            plan = FourierPlan(size: size, isInverse: true)
        }
        kiss_fftri(plan.configuration, input.baseAddress, output.baseAddress)
    }
}

/// Owns KissFFT's memory.
///
/// Unchecked: the memory it points to is written only by `apply`, after it has made sure that no other value refers to this plan.
private final class FourierPlan: @unchecked Sendable {
    let configuration: kiss_fftr_cfg

    init(size: Int, isInverse: Bool) {
        guard let configuration = kiss_fftr_alloc(Int32(size), isInverse ? 1 : 0, nil, nil) else {
            fatalError("no memory for a Fourier transform of \(size) points")
        }
        self.configuration = configuration
    }

    deinit {
        free(UnsafeMutableRawPointer(configuration))
    }
}
