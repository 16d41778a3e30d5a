import StimmungTensors
import Testing

struct RandomSourceTests {
    @Test func theSameSeedGivesTheSameNumbers() {
        var a = RandomSource(seed: 5)
        var b = RandomSource(seed: 5)
        var c = RandomSource(seed: 6)
        let first = (0..<20).map { _ in a.next() }
        #expect(first == (0..<20).map { _ in b.next() })
        #expect(first != (0..<20).map { _ in c.next() })
    }

    @Test func streamsDependOnlyOnTheirPath() {
        var drawn = RandomSource(seed: 5)
        _ = drawn.next()
        #expect(drawn.stream(1, 2) == RandomSource(seed: 5).stream(1, 2))
        #expect(drawn.stream(1, 2) != drawn.stream(2, 1))
        #expect(drawn.stream(0) != drawn.stream(0, 0))
    }

    @Test func momentsOfTheDistributions() {
        var random = RandomSource(seed: 7)
        let count = 200_000
        let normals = (0..<count).map { _ in Double(random.normal()) }
        let mean = normals.reduce(0, +) / Double(count)
        let variance = normals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.02)
        let uniform = (0..<count).map { _ in Double(random.uniform()) }.reduce(0, +) / Double(count)
        #expect(abs(uniform - 0.5) < 0.005)
    }

    @Test func permutationsContainEveryNumberOnce() {
        var random = RandomSource(seed: 8)
        let order = random.permutation(100)
        #expect(order.sorted() == Array(0..<100))
        #expect(order != Array(0..<100))
    }
}
