import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: folder.file(name), encoding: .utf8) }

    @Test func aDraftAppearsWhenItIsCommitted() throws {
        try AtomicFile.write(Data("old".utf8), to: folder.file("a"))
        let draft = try AtomicFile.Draft(of: folder.file("a"))
        #expect(write(draft.descriptor, "new", 3) == 3)
        #expect(try text("a") == "old")
        try draft.commit()
        #expect(try text("a") == "new")
        #expect(folder.content == ["a"])
    }

    @Test func aDraftThatIsLeftIsRemoved() throws {
        do {
            let draft = try AtomicFile.Draft(of: folder.file("a"))
            #expect(folder.content.count == 1)
            #expect(write(draft.descriptor, "x", 1) == 1)
        }
        #expect(folder.content.isEmpty)
    }

    @Test func whatIsNotWritten() throws {
        for path in ["", folder.file("a\0b"), folder.file("none/a"), folder.path, "/dev/null"] {
            #expect(throws: AtomicFile.Failure.self) { try AtomicFile.write(Data([1]), to: path) }
        }
        #expect(folder.content.isEmpty)
        #expect(AtomicFile.Failure(path: "a", reason: "r").code == "file.not-writable")
    }

    @Test func aLinkKeepsPointingToItsFile() throws {
        try AtomicFile.write(Data("old".utf8), to: folder.file("a"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("a"))
        try AtomicFile.write(Data("new".utf8), to: folder.file("link"), waitsForDisk: false)
        #expect(try text("a") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == folder.file("a"))
    }
}

struct FolderListingTests {
    @Test func relativeSortedAndWithoutCircles() throws {
        let folder = try TemporaryFolder()
        for name in ["b/c", ".hidden"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        for name in ["z.x", "B.x", "b/a.x", "b/c/ü.x", "b/.x", ".hidden/a.x", "other"] {
            try AtomicFile.write(Data(), to: folder.file(name))
        }
        try FileManager.default.createSymbolicLink(atPath: folder.file("b/c/up"), withDestinationPath: folder.path)
        try FileManager.default.createSymbolicLink(atPath: folder.file("lost.x"), withDestinationPath: folder.file("nowhere"))
        #expect(mkfifo(folder.file("pipe.x"), 0o600) == 0)
        let expected = ["B.x", "b/a.x", "b/c/ü.x", "z.x"]
        for path in [folder.path, folder.path + "/", folder.path + "/b/.."] {
            #expect(try FolderListing(below: path) { $0.hasSuffix(".x") }.files == expected)
        }
        #expect(try FolderListing(below: folder.path) { $0.hasPrefix("b/") }.files == ["b/a.x", "b/c/ü.x"])
    }

    @Test func errors() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write(Data(), to: folder.file("file"))
        #expect(throws: FolderListing.Failure.notAFolder(path: folder.file("file"))) {
            try FolderListing(below: folder.file("file")) { _ in true }
        }
        #expect(throws: FolderListing.Failure.unreadable(path: folder.file("none"), number: ENOENT)) {
            try FolderListing(below: folder.file("none")) { _ in true }
        }
    }
}

struct SystemErrorTests {
    @Test func reasons() {
        #expect(systemWords(ENOSPC) == "No space left on device")
        #expect(systemReason(ENOSPC) == "no space left on device")
        #expect(reason(of: AtomicFile.Failure(path: "a", reason: "r")) == "r")
        #expect(reason(of: Files.Failure(path: "a", number: ENOSPC)) == "No space left on device")
        // Foundation's own words name domains and numbers.
        let error = #expect(throws: (any Error).self) { try Data(contentsOf: URL(fileURLWithPath: "/no/such/file")) }
        #expect(error.map { reason(of: $0) } == "No such file or directory")
    }

    @Test func paths() {
        #expect(joined(".", "a") == "a" && joined("", "a") == "a" && joined("/", "a") == "/a" && joined("b", "a") == "b/a")
        #expect(["a/b", "/b", "b", "a//b/", "/"].map { folder(of: $0) } == ["a", "/", "", "a", "/"])
        #expect(isFolder("/") && !isFolder("/no/such/folder"))
        #expect(plainName("Ärger/1.wav") == "_rger_1.wav")
    }
}
