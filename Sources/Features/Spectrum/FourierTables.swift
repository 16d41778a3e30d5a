import CStimmungKernels
import func Foundation.cos
import func Foundation.sin

/// The tables of a Fourier transform of `size` real numbers, shared by any number of threads and transforms.
///
/// The transform is that of `size / 2` complex numbers, in stages of radix 4, then 2, then odd primes. Any even size works; sizes with
/// large prime factors are slow.
///
/// Unchecked: the memory that `plan` points to is written only by the initialiser.
final class FourierTables: @unchecked Sendable {
    /// The tables in the form that the kernels take.
    let plan: ck_fourier
    /// The input index of the complex number that the stages expect at each position (decimation in time).
    let order: [Int]
    /// Elements in the working memory of a transform.
    let workSize: Int
    private let radices: UnsafeMutableBufferPointer<UInt32>
    private let factors: UnsafeMutableBufferPointer<Float>

    /// - Parameter size: the number of real points; even, at least 2.
    init(size: Int) {
        let half = size / 2
        let radices = FourierTables.radices(half)
        var twiddles: [Float] = []
        var roots: [Float] = []
        var span = 1
        for radix in radices {
            for j in 0..<span {
                for p in 1..<radix { twiddles += FourierTables.root(j * p, of: radix * span) }
            }
            for q in 0..<radix { roots += FourierTables.root(q, of: radix) }
            span *= radix
        }
        let separation = (1..<max(1, (half + 1) / 2)).flatMap { FourierTables.root($0, of: size) }

        order = FourierTables.order(radices)
        workSize = Int(CK_LANES) * (size + 2 * (radices.max() ?? 1))
        self.radices = .allocate(capacity: radices.count)
        _ = self.radices.initialize(fromContentsOf: radices.map(UInt32.init))
        factors = .allocate(capacity: twiddles.count + roots.count + separation.count)
        _ = factors.initialize(fromContentsOf: twiddles + roots + separation)
        plan = ck_fourier(
            points: size, stages: radices.count, radices: UnsafePointer(self.radices.baseAddress),
            twiddles: UnsafePointer(factors.baseAddress), roots: factors.baseAddress.map { UnsafePointer($0 + twiddles.count) },
            separation: factors.baseAddress.map { UnsafePointer($0 + twiddles.count + roots.count) })
    }

    deinit {
        radices.deallocate()
        factors.deallocate()
    }

    /// `e^(−2πi k / n)`.
    private static func root(_ k: Int, of n: Int) -> [Float] {
        let angle = -2 * Double.pi * Double(k) / Double(n)
        return [Float(cos(angle)), Float(sin(angle))]
    }

    private static func radices(_ count: Int) -> [Int] {
        var (left, radices) = (count, [Int]())
        var radix = 4
        while left > 1 {
            while left.isMultiple(of: radix) {
                radices.append(radix)
                left /= radix
            }
            radix = radix == 4 ? 2 : radix == 2 ? 3 : radix + 2
            // A number without a factor up to its square root is prime.
            if radix * radix > left && radix > 2 { radix = left }
        }
        return radices
    }

    /// The input order: a stage of radix r joins r transforms, each of every r-th number, which lie one after the other.
    private static func order(_ radices: [Int]) -> [Int] {
        var order = [0]
        for radix in radices {
            order = (0..<radix).flatMap { first in order.map { $0 * radix + first } }
        }
        return order
    }
}
