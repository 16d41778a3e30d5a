import Foundation
import StimmungTensors
import Testing

struct PointersTests {
    @Test(arguments: [Float.nan, .infinity, -.infinity, -.nan]) func valuesThatAreNotFiniteAreFound(value: Float) {
        for count in 1...40 {
            var values = (0..<count).map { $0 % 2 == 0 ? Float.greatestFiniteMagnitude : -.leastNonzeroMagnitude }
            #expect(areFinite(values))
            for place in 0..<count {
                let old = values[place]
                values[place] = value
                #expect(!areFinite(values) && areFinite(values[..<place]) && areFinite(values[(place + 1)...]))
                values[place] = old
            }
        }
    }

    /// Of any size, at any address.
    @Test(arguments: [0, 1, 4095, 64 * 4096, 64 * 4096 + 1, 3_000_001]) func populatingKeepsTheContent(bytes: Int) {
        var memory = (0..<bytes + 3).map { UInt8(truncatingIfNeeded: $0) }
        let expected = memory
        memory.withUnsafeMutableBytes { populate(UnsafeMutableRawBufferPointer(rebasing: $0[3...])) }
        #expect(memory == expected)
    }

    @Test func workingMemoryIsZeroAndKeepsItsSize() {
        let memory = WorkingMemory()
        memory.reserve(500_000, keepsSize: true)
        #expect(memory.count == 500_000 && UnsafeBufferPointer(start: memory.pointer, count: memory.count).allSatisfy { $0 == 0 })
        memory.reserve(600_000)
        #expect(memory.count > 600_000 && UnsafeBufferPointer(start: memory.pointer, count: memory.count).allSatisfy { $0 == 0 })
    }
}
