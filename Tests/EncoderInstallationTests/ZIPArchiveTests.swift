import CStimmungZlib
import Foundation
import Testing

import StimmungEncoderInstallation

/// Makes ZIP archives of stored entries, some of them invalid.
struct ZIPFixture {
    var name = "a/b.txt"
    var content = Array("content".utf8)
    var claimedSize: Int?
    var method = 0
    var flags = 0
    var checksum: UInt32?
    var copies = 1

    var bytes: [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let crc = Int(checksum ?? UInt32(content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }))
        let size = claimedSize ?? content.count
        let packed = method == 0 ? size : content.count
        let common = little(flags, 2) + little(method, 2) + little(0, 4) + little(crc, 4) + little(packed, 4) + little(size, 4)
        let local = little(0x0403_4b50, 4) + little(20, 2) + common + little(name.utf8.count, 2) + little(0, 2) + Array(name.utf8) + content
        let central =
            little(0x0201_4b50, 4) + little(20, 2) + little(20, 2) + common + little(name.utf8.count, 2) + little(0, 16) + Array(name.utf8)
        let directory = (0..<copies).flatMap { _ in central }
        return local + directory + little(0x0605_4b50, 4) + little(0, 4) + little(copies, 2) + little(copies, 2)
            + little(directory.count, 4) + little(local.count, 4) + little(0, 2)
    }
}

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
        #expect(fault(ZIPFixture(claimedSize: 0xFFFF_FFFF, method: method))?.contains("claims 4294967295 bytes") == true)
    }

    @Test func damageIsNoticed() {
        #expect(fault(ZIPFixture(checksum: 1))?.contains("checksum") == true)
        #expect(fault(ZIPFixture(method: 8))?.contains("damaged") == true)
        #expect(fault(ZIPFixture(method: 12))?.contains("unknown method") == true)
        #expect(fault(ZIPFixture(flags: 1))?.contains("encrypted") == true)
        #expect(fault(ZIPFixture(copies: 2))?.contains("twice") == true)
    }

    @Test func everyTruncationIsNoticed() {
        let whole = ZIPFixture().bytes
        for count in 0..<whole.count {
            #expect(throws: ZIPArchive.Failure.self) { try ZIPArchive(Array(whole.prefix(count))) }
        }
    }
}
