import Foundation
import StimmungTensors

/// The environment that exact bits depend on: the kernels that the processor selects, and the numerical libraries.
enum Platform {
    /// For example `fused multiply-add, glibc 2.36`.
    static let name = "\(kernels), \(libc)"

    /// AVX2 and AVX-512 give the same bits.
    private static let kernels = InstructionSet.current == .portable ? "portable" : "fused multiply-add"

    private static let libc: String = {
        var name = [CChar](repeating: 0, count: 64)
        let length = confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count)
        return length > 1 ? String(decoding: name.prefix(length - 1).map(UInt8.init(bitPattern:)), as: UTF8.self) : "unknown libc"
    }()
}
