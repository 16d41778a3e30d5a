import Foundation
import StimmungFeatures
import StimmungTensors
import Testing

struct StatisticsTests {
    private func random(rows: Int, columns: Int, seed: UInt64) -> Matrix {
        var source = RandomSource(seed: seed)
        var matrix = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            for column in 0..<columns {
                matrix[row, column] = Float(1000 * column) + Float(column + 1) * source.normal()
            }
        }
        return matrix
    }

    /// Mean and standard deviation in two passes.
    private func direct(_ matrix: Matrix, column: Int) -> (Double, Double) {
        let values = (0..<matrix.rows).map { Double(matrix[$0, column]) }
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot())
    }

    @Test("mean and standard deviation, for any grouping of the frames")
    func direct() {
        let all = random(rows: 1000, columns: 5, seed: 1)
        var whole = FeatureStatistics(width: 5)
        whole.add(all)
        var merged = FeatureStatistics(width: 5)
        for range in [0..<1, 1..<400, 400..<400, 400..<1000] {
            var part = FeatureStatistics(width: 5)
            part.add(all.rows(range))
            merged.merge(part)
        }
        for statistics in [whole, merged] {
            #expect(statistics.count == 1000)
            for column in 0..<5 {
                let (mean, deviation) = direct(all, column: column)
                #expect(abs(Double(statistics.mean[column]) - mean) <= 1e-6 * max(1, abs(mean)))
                #expect(abs(Double(statistics.deviation[column]) - deviation) <= 1e-6 * deviation)
            }
        }
    }

    @Test("the same frames in the same grouping give the same bits")
    func deterministic() {
        func statistics() -> FeatureStatistics {
            var all = FeatureStatistics(width: 3)
            for seed in UInt64(1)...5 {
                var part = FeatureStatistics(width: 3)
                part.add(random(rows: 77, columns: 3, seed: seed))
                all.merge(part)
            }
            return all
        }
        #expect(statistics() == statistics())
    }

    @Test("normalised columns have mean 0 and standard deviation 1; a constant column is 0")
    func normaliser() {
        var features = random(rows: 500, columns: 4, seed: 2)
        for row in 0..<500 { features[row, 2] = 12.3 }
        var statistics = FeatureStatistics(width: 4)
        statistics.add(features)
        #expect(statistics.deviation[2] == 0)
        Normaliser(statistics).apply(to: &features)
        for column in 0..<4 {
            let (mean, deviation) = direct(features, column: column)
            if column == 2 {
                #expect((0..<500).allSatisfy { features[$0, 2] == 0 })
            } else {
                #expect(abs(mean) < 1e-3 && abs(deviation - 1) < 1e-3)
            }
        }
    }

    @Test("with given mean and deviation")
    func byHand() {
        var features = Matrix(rows: 2, columns: 2, elements: [3, 10, 5, 20])
        Normaliser(mean: [1, 10], deviation: [2, 0]).apply(to: &features)
        #expect(features.elements[...2] == [1, 0, 2])
        #expect(features[1, 1] == 10 / Normaliser.minimumDeviation)
    }

    @Test("JSON round trip; inconsistent statistics are rejected")
    func json() throws {
        var statistics = FeatureStatistics(width: 3)
        statistics.add(random(rows: 10, columns: 3, seed: 3))
        #expect(try JSONDecoder().decode(FeatureStatistics.self, from: JSONEncoder().encode(statistics)) == statistics)
        let normaliser = Normaliser(statistics)
        #expect(try JSONDecoder().decode(Normaliser.self, from: JSONEncoder().encode(normaliser)) == normaliser)

        let bad = [#"{"count": 1, "means": [1], "squares": []}"#, #"{"count": 1, "means": [1], "squares": [-1]}"#]
        for text in bad {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(FeatureStatistics.self, from: Data(text.utf8)) }
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Normaliser.self, from: Data(#"{"mean": [1, 2], "deviation": [1]}"#.utf8))
        }
    }
}
