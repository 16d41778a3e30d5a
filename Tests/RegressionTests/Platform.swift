import CStimmungOneDNN
import Foundation
import StimmungTensors

/// The environment that exact bits depend on: the kernels that the processor selects, and the numerical libraries.
enum Platform {
    /// For example `avx512, oneDNN 2.6.3, glibc 2.36`.
    static let name = "\(processor), \(oneDNN), \(libc)"

    /// `CStimmungKernels` and oneDNN both select their code by CPUID. /proc/cpuinfo is not enough: in an emulator it shows the host's
    /// processor.
    private static let processor: String = {
        if PackedOperand.prefersPanels { return "avx2" }
        let flags = Set((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(whereSeparator: \.isWhitespace) ?? [])
        return flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) ? "avx512" : "other"
    }()

    private static let oneDNN: String = {
        guard let version = dnnl_version()?.pointee else { return "oneDNN" }
        return "oneDNN \(version.major).\(version.minor).\(version.patch)"
    }()

    private static let libc: String = {
        var name = [CChar](repeating: 0, count: 64)
        let length = confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count)
        return length > 1 ? String(decoding: name.prefix(length - 1).map(UInt8.init(bitPattern:)), as: UTF8.self) : "unknown libc"
    }()
}
