import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

struct PathBytesTests {
    static let names: [[UInt8]] = [
        Array("Müller.wav".utf8), [0x4D, 0xFC, 0x6C], [0x80], [0xFF, 0xFE], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        // Overlong, a surrogate, beyond Unicode, and the scalars that stand for bytes.
        [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF4, 0x8F, 0xBA, 0x80], [0xF4, 0x8F, 0xBB, 0xBF, 0xFC],
        [0xF4, 0x8F, 0xB9, 0xBF], [0x61, 0xCC, 0x81, 0xFC, 0x2F, 0xFC],
    ]

    @Test(arguments: names) func everyNameComesBack(bytes: [UInt8]) {
        let text = PathBytes.string(from: bytes)
        #expect(PathBytes.bytes(of: text) == bytes)
        #expect(text.withPath { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } == bytes)
        // Joining is joining of bytes, wherever the cut is.
        for cut in 0...bytes.count {
            let parts = PathBytes.string(from: bytes[..<cut]) + PathBytes.string(from: bytes[cut...])
            #expect(PathBytes.bytes(of: parts) == bytes)
        }
    }

    @Test func bytesAreSpeltForPeopleAndPrograms() {
        let name = PathBytes.string(from: [0x4D, 0xFC, 0x6C])
        #expect(name.printable == #"M\xfcl"#)
        #expect(jsonText([name]) == #"["M\\xfcl"]"# && name.jsonQuoted == #""M\\xfcl""#)
        #expect(CSVLine.text([name, "a"]) == "M\\xfcl,a\n" && CSVLine.bytes([name, "a"]) == [0x4D, 0xFC, 0x6C] + Array(",a\n".utf8))
    }

    @Test func namesThatLookTheSameAreTwoFiles() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed && PathKey(composed) != PathKey(decomposed))
        #expect(Set([composed, decomposed].map { PathKey($0) }).count == 2)
    }

    @Test func partsOfPathsAreThoseOfTheBytes() {
        #expect(fileName(of: "a/\u{301}b.wav") == "\u{301}b.wav" && folder(of: "a/\u{301}b.wav") == "a")
        #expect(stem(of: "a/b.x.WAV") == "b.x" && fileExtension(of: "a/b.x.WAV") == "wav" && stem(of: ".b") == ".b")
        #expect(fileExtension(of: "a.b/c").isEmpty && relativePath("/a/b", below: "/a") == "b" && relativePath("/ab", below: "/a") == nil)
        #expect(absolutePath("/a/./b/../c//d/") == "/a/c/d" && absolutePath("x").hasSuffix("/x") && absolutePath("/..") == "/")
    }

    @Test func aTableHoldsNamesOfAnyBytes() throws {
        let bytes = Array("file,speaker\n".utf8) + [0x4D, 0xFC] + Array(",anna\n".utf8)
        let table = try CSVTable(bytes: bytes, path: "t.csv")
        #expect(PathBytes.bytes(of: table.rows[0].fields[0]) == [0x4D, 0xFC])
        #expect(CSVTable.guess(table.rows[0].fields[0]) == "Mü" && CSVTable.guess("Mü") == nil)
    }

    @Test func controlCharactersAndDirectionMarksAreEscaped() {
        #expect("a\u{1B}[31m\nb\u{202E}c\u{9B}d\u{7F}".printable == #"a\x1b[31m\nb\u{202e}c\u{9b}d\x7f"#)
        #expect("a\tb\r\n".printableLines == "a\tb\\r\n" && "Ärger, 日本".printable == "Ärger, 日本")
    }

    @Test func filesOfAnyNameAreReadAndWritten() throws {
        let folder = try TemporaryFolder()
        let path = joined(folder.path, PathBytes.string(from: [0x4D, 0xFC, 0x2F, 0xFF]))
        try Files.makeFolder(StimmungSupport.folder(of: path))
        try AtomicFile.write(Data([1, 2]), to: path)
        #expect(try Files.read(path) == Data([1, 2]) && FileStatus(path: path)?.size == 2)
        #expect(try Files.names(in: folder.path).map { PathBytes.bytes(of: $0) } == [[0x4D, 0xFC]])
        Files.removeTree(StimmungSupport.folder(of: path))
        #expect(try Files.names(in: folder.path).isEmpty)
    }
}
