import Foundation
import StimmungReports
import StimmungSupport
import StimmungTensors
import Testing

struct EmbeddingTests {
    /// Points along a known direction, with a little across it.
    @Test func theFirstComponentIsTheDirectionOfMostVariance() {
        var random = RandomSource(seed: 3)
        var points = Matrix(rows: 0, columns: 3)
        for _ in 0..<400 {
            let along = 5 * random.normal()
            points.append(rows: [0.6 * along + 7, 0.8 * along - 2 + 0.1 * random.normal(), 0.1 * random.normal()])
        }
        let components = PrincipalComponents(of: points, count: 3)
        let first = Array(components.directions.row(0))
        #expect(abs(first[0] - 0.6) < 0.02 && abs(first[1] - 0.8) < 0.02 && abs(first[2]) < 0.02, "\(first)")
        #expect(components.variances[0] > 1000 * components.variances[1] && components.variances[1] >= components.variances[2])
        #expect(abs(components.variances.reduce(0, +) - components.totalVariance) < 1e-6 * components.totalVariance)
        for i in 0..<3 {
            for j in 0..<3 {
                let product = zip(components.directions.row(i), components.directions.row(j)).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-5, "\(i) \(j)")
            }
        }
        // Scores are uncorrelated, of mean 0 and the variances said.
        for i in 0..<3 {
            let own = (0..<400).map { Double(components.scores[$0, i]) }
            #expect(abs(own.reduce(0, +)) < 1e-3)
            #expect(abs(own.reduce(0) { $0 + $1 * $1 } / 400 - components.variances[i]) < 1e-3 * components.variances[0])
        }
        let cross = (0..<400).reduce(0.0) { $0 + Double(components.scores[$1, 0] * components.scores[$1, 1]) } / 400
        #expect(abs(cross) < 1e-4)
    }

    @Test func allComponentsKeepDistances() {
        var random = RandomSource(seed: 5)
        let points = Matrix(rows: 20, columns: 6, elements: (0..<120).map { _ in random.normal() })
        let scores = PrincipalComponents(of: points, count: 6).scores
        func distance(_ m: Matrix, _ i: Int, _ j: Int) -> Float {
            zip(m.row(i), m.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        for i in 0..<20 { for j in 0..<i { #expect(abs(distance(points, i, j) - distance(scores, i, j)) < 1e-3) } }
    }

    /// Three far groups in ten dimensions: on the map every point's nearest neighbours are of its own group.
    @Test func groupsStayGroups() {
        let points = groups(each: 30)
        let map = NeighbourEmbedding().map(points)
        #expect(map.rows == 90 && map.columns == 2 && map.elements.allSatisfy(\.isFinite))
        for i in 0..<90 {
            let order = (0..<90).filter { $0 != i }.sorted { distance(map, i, $0) < distance(map, i, $1) }
            #expect(order.prefix(5).allSatisfy { $0 / 30 == i / 30 }, "\(i)")
        }
    }

    @Test func theMapIsTheSameForAnyNumberOfThreads() {
        let points = groups(each: 10)
        var embedding = NeighbourEmbedding()
        embedding.steps = 300
        embedding.workers = Workers(threads: 1)
        let one = embedding.map(points)
        embedding.workers = Workers(threads: 3)
        #expect(embedding.map(points) == one)
    }

    /// Few points, equal points, points on a line: always a map.
    @Test(arguments: [1, 2, 3, 4, 7]) func oddPointsHaveAMap(count: Int) {
        for elements in [[Float](repeating: 2, count: count * 2), (0..<count * 2).map { Float($0) }] {
            let map = NeighbourEmbedding().map(Matrix(rows: count, columns: 2, elements: elements))
            #expect(map.rows == count && map.elements.allSatisfy(\.isFinite), "\(map)")
        }
    }

    private func groups(each: Int) -> Matrix {
        var random = RandomSource(seed: 1)
        var points = Matrix(rows: 0, columns: 10)
        for group in 0..<3 {
            for _ in 0..<each { points.append(rows: (0..<10).map { ($0 == group ? 12 : 0) + random.normal() }) }
        }
        return points
    }

    private func distance(_ map: Matrix, _ i: Int, _ j: Int) -> Float {
        (map[i, 0] - map[j, 0]) * (map[i, 0] - map[j, 0]) + (map[i, 1] - map[j, 1]) * (map[i, 1] - map[j, 1])
    }
}
