import Foundation
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

struct FrameStoreTests {
    private func matrices(_ count: Int) -> [Matrix] {
        (0..<count).map { number in
            let rows = 3 + number % 5
            return Matrix(rows: rows, columns: 4, elements: (0..<rows * 4).map { Float(1000 * number + $0) })
        }
    }

    /// For any limit, whole matrices and parts of them are read back; those beyond the limit are spilled to the file.
    @Test(arguments: [0, 200, 1 << 20]) func returnsStoredFrames(limit: Int) throws {
        let folder = try TemporaryFolder()
        let store = FrameStore(limit: limit, folder: folder.path)
        let kept = matrices(20)
        let sources = try kept.map { try store.keep($0) }
        let bytes = kept.reduce(0) { $0 + $1.elements.count * 4 }
        #expect(store.bytesInFile >= bytes - limit && store.bytesInFile <= bytes && (limit < bytes || store.bytesInFile == 0))
        for (source, matrix) in zip(sources, kept) {
            #expect(source.rows == matrix.rows && source.columns == 4)
            #expect(try source.frames() == matrix)
            #expect(try source.frames(1..<3) == matrix.rows(1..<3))
            #expect(try source.frames(2..<2).rows == 0)
        }
        // The file is unlinked, so nothing is left behind.
        #expect(folder.content.isEmpty)
    }

    @Test func severalThreadsStoreAndRead() throws {
        let folder = try TemporaryFolder()
        let store = FrameStore(limit: 500, folder: folder.path)
        let kept = matrices(200)
        let workers = Workers(threads: 4)
        let sources = try workers.map(kept.count) { (index) throws(FrameError) in try store.keep(kept[index]) }
        let back = try workers.map(kept.count) { (index) throws(FrameError) in try sources[index].frames() }
        #expect(back == kept)
    }

    /// Sources outlive the store.
    @Test func theFileStaysWhileASourceExists() throws {
        let folder = try TemporaryFolder()
        let matrix = matrices(1)[0]
        let source = try FrameStore(limit: 0, folder: folder.path).keep(matrix)
        #expect(try source.frames() == matrix)
    }

    @Test func aFolderThatCannotBeWrittenIsNamed() throws {
        let folder = try TemporaryFolder()
        let store = FrameStore(limit: 100, folder: folder.path + "/missing")
        // Frames within the memory limit need no file.
        _ = try store.keep(Matrix(rows: 2, columns: 4))
        let error = try #require(throws: FrameError.self) { try store.keep(Matrix(rows: 20, columns: 4)) }
        for word in ["/missing", "No such file", "TMPDIR"] { #expect("\(error)".contains(word)) }
    }
}
