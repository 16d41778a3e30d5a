import CStimmungKernels

/// The instruction sets that the kernels are compiled for.
///
/// A program uses the best one that the processor has. The environment variable STIMMUNG_ISA asks for another, so that one machine can
/// measure and test several. Results with `avx2` and those after it are the same bits; `portable` lacks fused multiply-add and differs in the last
/// digits.
package enum InstructionSet: String, CaseIterable, Sendable {
    case portable
    /// x86-64-v3
    case avx2
    /// x86-64-v4
    case avx512
    /// x86-64-v4 with AVX512-BF16: the same bits, and faster products of bfloat16
    case avx512bf16

    /// The one in use.
    package static let current = InstructionSet(ck_instruction_set())
    /// The best that the processor has.
    package static let best = InstructionSet(ck_best_instruction_set())

    private init(_ set: ck_instructions) {
        self =
            switch set {
            case CK_AVX512: .avx512
            case CK_AVX512_BF16: .avx512bf16
            case CK_AVX2: .avx2
            default: .portable
            }
    }

    /// The values of STIMMUNG_ISA that this processor can run.
    package static var available: [InstructionSet] { Array(allCases.prefix { $0 != best }) + [best] }
}
