import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// What one core of this processor can do at most, measured: the bounds that benchmarks are compared with.
struct ProcessorLimits: Encodable {
    /// Thousand millions of operations per second by multiply-adds of 32-bit numbers in vectors of 256 and 512 bits, and by dot products of
    /// pairs of bfloat16 numbers; a multiply-add is two operations. Nil where the instruction set in use lacks them.
    let gigaflops256: Double?
    let gigaflops512: Double?
    let gigaflopsBF16: Double?
    /// Thousand millions of bytes per second read from 256 kB, which lie in the second-level cache.
    let secondLevelGigabytes: Double

    /// Takes the best of several runs, by CPU time.
    init() {
        (gigaflops256, gigaflops512, gigaflopsBF16) = (Self.peak(CK_PEAK_256), Self.peak(CK_PEAK_512), Self.peak(CK_PEAK_BF16))
        let (count, rounds) = (65_536, 200)
        let memory = WorkingMemory()
        memory.clear(count)
        let reading = Timings(repeats: 9) { precondition(ck_read(count, rounds, memory.pointer) == 0) }
        secondLevelGigabytes = Double(4 * count * rounds) / reading.processorSeconds[0] / 1e9
    }

    private static func peak(_ kind: ck_peak) -> Double? {
        let rounds = 1_000_000
        var multiplyAdds = 0.0
        let timings = Timings(repeats: 9) {
            var result: Float = 0
            multiplyAdds = ck_multiply_adds(kind, rounds, &result)
            precondition(result.isFinite)
        }
        return multiplyAdds > 0 ? 2 * multiplyAdds / timings.processorSeconds[0] / 1e9 : nil
    }

    /// The faster of the two widths.
    var gigaflops: Double { max(gigaflops256 ?? 0, gigaflops512 ?? 0) }

    /// Milliseconds that some operations take at the peak on each of `threads` cores.
    func milliseconds(operations: Double, _ precision: Precision = .float32, threads: Int) -> Double {
        operations / (precision == .bfloat16 ? gigaflopsBF16 ?? gigaflops : gigaflops) / 1e6 / Double(threads)
    }

    var text: String {
        let peaks = [("256 bits", gigaflops256), ("512 bits", gigaflops512), ("bfloat16", gigaflopsBF16)].compactMap { name, value in
            value.map { "\(name) \(Int($0.rounded()))" }
        }
        let set = InstructionSet.current.rawValue
        return
            "one core, \(set): multiply-adds in GFLOP/s: \(peaks.joined(separator: ", ")); second-level cache \(Int(secondLevelGigabytes.rounded())) GB/s"
    }
}
