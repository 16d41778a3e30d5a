import StimmungArchives
import StimmungTestSupport
import Testing

struct ZIPArchiveTests {
    private func fault(_ fixture: ZIPFixture) -> String? {
        do {
            let archive = try ZIPArchive(fixture.bytes)
            _ = try archive.content(archive.entries[0])
            return nil
        } catch { return error.reason }
    }

    @Test func storedEntriesAreRead() throws {
        let archive = try ZIPArchive(ZIPFixture().bytes)
        #expect(archive.entries.map(\.name) == ["a/b.txt"])
        #expect(try archive.content(archive.entries[0]) == Array("content".utf8))
    }

    @Test(arguments: ["/etc/passwd", "../x", "a/../../x", "a\\b", "a/.."]) func namesOutsideTheArchiveAreRefused(name: String) {
        #expect(fault(ZIPFixture(name: name))?.contains("not a path inside the archive") == true)
    }

    @Test(arguments: [0, 8]) func aClaimOfFourGigabytesIsRefused(method: Int) {
        #expect(fault(ZIPFixture { ($0.claimedSize, $0.method) = (0xFFFF_FFFF, method) })?.contains("claims 4294967295 bytes") == true)
    }

    @Test func damageIsNoticed() {
        #expect(fault(ZIPFixture { $0.checksum = 1 })?.contains("checksum") == true)
        #expect(fault(ZIPFixture { $0.method = 8 })?.contains("damaged") == true)
        #expect(fault(ZIPFixture { $0.method = 12 })?.contains("unknown method") == true)
        #expect(fault(ZIPFixture { $0.flags = 1 })?.contains("encrypted") == true)
        var twice = ZIPFixture()
        twice.copies = 2
        #expect(fault(twice)?.contains("twice") == true)
    }

    @Test func linksAreRefused() {
        #expect(fault(ZIPFixture { $0.mode = 0o120777 })?.contains("symbolic link") == true)
    }

    /// On a file system that ignores case, one would overwrite the other.
    @Test func namesThatDifferInCaseAreRefused() {
        let fixture = ZIPFixture(["wav/a.wav", "WAV/A.wav"].map { ZIPFixture.Entry(name: $0, content: [1]) })
        #expect(fault(fixture)?.contains("twice") == true)
    }

    @Test func everyTruncationIsNoticed() {
        let whole = ZIPFixture().bytes
        for count in 0..<whole.count {
            #expect(throws: ZIPArchive.Failure.self) { try ZIPArchive(Array(whole.prefix(count))) }
        }
    }
}
