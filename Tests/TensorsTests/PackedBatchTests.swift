import StimmungTensors
import Testing

struct PackedBatchTests {
    @Test func layoutOfMixedLengths() {
        let batch = PackedBatch(lengths: [2, 3, 1])
        #expect(batch.order == [1, 0, 2])
        #expect(batch.counts == [3, 2, 1])
        #expect(batch.offsets == [0, 3, 5])
        #expect(batch.rows == 6)
        #expect(batch.rows(of: 1..<3) == 3..<6)
    }

    @Test func unpackingUndoesPacking() {
        var random = RandomSource(seed: 3)
        let lengths = [4, 9, 1, 9, 6]
        let sequences = lengths.map { length in
            Matrix(rows: length, columns: 2, elements: (0..<length * 2).map { _ in random.normal() })
        }
        let batch = PackedBatch(lengths: lengths)
        var packed = Matrix(rows: 0, columns: 2)
        batch.pack(sequences, into: &packed)
        #expect(packed.rows == 29)
        #expect(batch.unpack(packed) == sequences)
    }
}
