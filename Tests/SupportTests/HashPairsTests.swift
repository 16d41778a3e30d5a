import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

struct HashPairsTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("pairs") }

    init() throws { folder = try TemporaryFolder() }

    private func hash(_ number: Int) -> ContentHash { ContentHash("\(number)") }

    @Test func theLastValueCounts() throws {
        let pairs = try HashPairs(path: path)
        for number in 0..<1000 { try pairs.add(hash(number), hash(-number)) }
        try pairs.close()
        let again = try HashPairs(path: path)
        #expect((0..<1000).allSatisfy { again.value(of: hash($0)) == hash(-$0) } && again.value(of: hash(1000)) == nil)
        try again.add(hash(7), hash(8))
        try again.add(hash(9), nil)
        try again.close()
        let last = try HashPairs(path: path)
        #expect(last.value(of: hash(7)) == hash(8) && last.value(of: hash(9)) == nil && last.value(of: hash(10)) == hash(-10))
        #expect(folder.names == ["pairs", "pairs.log"])
        try last.close()
        #expect(try folder.names == ["pairs"] && folder.bytes("pairs").count == 16 + 999 * 32)
    }

    /// The bytes depend on the pairs only: not on their order, nor on how many runs added them.
    @Test func theFileIsTheSameInAnyOrder() throws {
        let once = try HashPairs(path: path)
        for number in 0..<500 { try once.add(hash(number), hash(number + 1)) }
        try once.close()
        for part in [Array((250..<500).reversed()), Array(0..<250)] {
            let other = try HashPairs(path: folder.file("other"))
            for number in part { try other.add(hash(number), hash(number + 1)) }
            try other.close()
        }
        #expect(try folder.bytes("other") == folder.bytes("pairs"))
    }

    /// More pairs than are sorted at a time.
    @Test func manyPairsAreSortedInParts() throws {
        let pairs = try HashPairs(path: path)
        let count = 150_000
        for number in 0..<count { try pairs.add(ContentHash(UInt64(number)), ContentHash(UInt64(number + 1))) }
        try pairs.close()
        let again = try HashPairs(path: path)
        #expect(stride(from: 0, to: count, by: 997).allSatisfy { again.value(of: ContentHash(UInt64($0))) == ContentHash(UInt64($0 + 1)) })
    }

    /// A process that is killed leaves its log; a pair that is cut short is dropped.
    @Test func aKilledRunKeepsWhatItAdded() throws {
        do {
            let pairs = try HashPairs(path: path)
            for number in 0..<10 { try pairs.add(hash(number), hash(number)) }
        }
        let log = try folder.bytes("pairs.log")
        #expect(log.count == 320)
        try folder.write("pairs.log", log.dropLast(5))
        let again = try HashPairs(path: path)
        #expect((0..<9).allSatisfy { again.value(of: hash($0)) == hash($0) } && again.value(of: hash(9)) == nil)
    }

    @Test func onlyOneProcessHasThem() throws {
        let pairs = try HashPairs(path: path)
        #expect(throws: HashPairs.Failure.inUse(file: path + ".log")) { try HashPairs(path: path) }
        try pairs.close()
    }

    @Test func anotherFileIsRefused() throws {
        try folder.write("pairs", "not pairs at all, but a text of some length")
        #expect(throws: HashPairs.Failure.notPairs(file: path)) { try HashPairs(path: path) }
        #expect(try folder.text("pairs").hasPrefix("not pairs"))
    }
}

extension ContentHash {
    fileprivate init(_ number: UInt64) { self = withUnsafeBytes(of: number) { ContentHash($0) } }
}
