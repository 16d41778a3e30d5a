import CStimmungKernels
import StimmungSupport
import StimmungTestSupport
import Testing

/// The vectors of FIPS 180-4 and of NIST's example file; long ones were compared with `sha256sum`.
struct SHA256Tests {
    private func hex(_ bytes: [UInt8], cut: Int? = nil) -> String {
        var hash = SHA256()
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + (cut ?? bytes.count))
            hash.update(bytes[start..<end])
            start = end
        }
        return SHA256.hex(hash.finish())
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func standardVectors(text: String, expected: String) {
        #expect(hex(Array(text.utf8)) == expected)
    }

    @Test func aMillionLettersInAnyCut() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        for cut in [1_000_000, 65_537, 6_400, 63] {
            #expect(hex(bytes, cut: cut) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        }
    }

    @Test func portableRoundsEqualThoseOfTheProcessor() {
        let data = (0..<640).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }
        var (own, portable) = ((0..<8).map { UInt32($0) &* 0x9E37_79B9 }, (0..<8).map { UInt32($0) &* 0x9E37_79B9 })
        ck_sha256(&own, 10, data)
        ck_sha256_portable(&portable, 10, data)
        #expect(own == portable)
    }

    @Test func aFileHasTheChecksumOfItsBytes() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let path = folder.file("x")
        try bytes.withUnsafeBytes { try AtomicFile.write(.init($0), to: path) }
        #expect(SHA256.hex(ofFile: path) == hex(bytes))
        #expect(SHA256.hex(ofFile: folder.file("none")) == nil)
    }
}
