import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

struct FolderWalkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ names: String...) throws {
        for name in names {
            try Files.makeFolder(StimmungSupport.folder(of: folder.file(name)))
            try AtomicFile.write(Data(), to: folder.file(name), waitsForDisk: false)
        }
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
    }

    private func list() throws -> FolderListing { try FolderListing(below: folder.path) { $0.hasSuffix(".x") } }

    @Test func everyDepthIsRead() throws {
        let deep = (1...300).map { "d\($0)" }.joined(separator: "/")
        try make("\(deep)/a.x")
        #expect(try list().files == ["\(deep)/a.x"])
    }

    @Test func eachFolderIsVisitedOnceAndByItsOwnNameFirst() throws {
        try make("month/a.x", "other/b.x")
        try link("current", to: "month")
        try link("latest", to: "month")
        try link("loop", to: ".")
        try link("month/up", to: "..")
        #expect(try list().files == ["month/a.x", "other/b.x"])
        let outside = try TemporaryFolder()
        try AtomicFile.write(Data(), to: outside.file("c.x"))
        try link("first", to: outside.path)
        try link("second", to: outside.path)
        #expect(try list().files == ["first/c.x", "month/a.x", "other/b.x"])
    }

    @Test func whatCannotBeReadCostsOnlyItself() throws {
        try make("a.x", "shut/b.x", "z/c.x")
        try link("lost.x", to: "nowhere")
        try link("lost.txt", to: "nowhere")
        try link("self.x", to: "self.x")
        chmod(folder.file("shut"), 0)
        defer { chmod(folder.file("shut"), 0o700) }
        let listing = try list()
        let mayReadAll = geteuid() == 0
        #expect(listing.files == (mayReadAll ? ["a.x", "shut/b.x", "z/c.x"] : ["a.x", "z/c.x"]))
        let expected = [("lost.x", ENOENT), ("self.x", ELOOP)] + (mayReadAll ? [] : [("shut", EACCES)])
        #expect(listing.problems.sorted { $0.path < $1.path } == expected.map { .init(path: folder.file($0.0), number: $0.1) })
    }

    @Test func otherFilesAreCounted() throws {
        try make("a.x", "b.txt", "c/d.TXT", "e.lab", "README", ".hidden.txt")
        #expect(try list().passedOver.sentence == "4 other files were passed over: 2 .txt, 1 without an extension, 1 .lab")
        #expect(try FolderListing(below: folder.path) { _ in true }.passedOver.sentence == nil)
    }

    @Test func filesComeOneByOneInTheOrderOfTheirBytes() throws {
        try make("a.x", "a/b.x", "a!.x", "B/c.x", "ü.x")
        var walk = try FolderWalk(of: folder.path) { $0.hasSuffix(".x") }
        var found: [String] = []
        while case .file(let path)? = walk.next() { found.append(path) }
        #expect(found == ["B/c.x", "a!.x", "a.x", "a/b.x", "ü.x"])
    }
}
