import StimmungSupport

// A file of its own: recipes and commands name it, apart from products.

/// The precision of the operands of matrix products. Parameters, sums and everything else are in float32.
package enum Precision: String, Sendable, Choice {
    case float32
    /// Eight significant bits and the range of float32, rounded to nearest. Half the memory of packed weights, and about twice the speed on
    /// processors with AVX512-BF16; elsewhere the same bits, apart from sums under 2⁻¹²⁶, about as fast as float32
    /// or slower.
    case bfloat16

    /// Of one value.
    package var bytes: Int { self == .float32 ? 4 : 2 }
}
