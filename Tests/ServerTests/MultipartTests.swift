import StimmungServer
import Testing

@Suite struct MultipartTests {
    /// The parts that a body gives, cut into pieces of a size.
    private func parts(_ text: String, boundary: String = "b", piece: Int) throws -> [(MultipartParser.Part, [UInt8])] {
        var parser = MultipartParser(boundary: boundary)
        var found: [(MultipartParser.Part, [UInt8])] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try parser.push(bytes[start..<min(start + piece, bytes.count)]) { event in
                switch event {
                case .part(let part): found.append((part, []))
                case .bytes(let bytes): found[found.count - 1].1 += bytes
                }
            }
        }
        try parser.finish()
        return found
    }

    private let body =
        "ignored\r\n--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a;\\\"b.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
        + "one\r\n--a\r\n-\r\n--b \t\r\ncontent-disposition:form-data;name=x\r\n\r\n\r\n--b--\r\nafter"

    @Test("Any cut of a body gives the same parts", arguments: [1, 2, 3, 7, 64, 1000])
    func cuts(_ piece: Int) throws {
        let parts = try parts(body, piece: piece)
        try #require(parts.count == 2)
        #expect(parts[0].0 == MultipartParser.Part(name: "audio", filename: "a;\"b.wav"))
        #expect(String(decoding: parts[0].1, as: UTF8.self) == "one\r\n--a\r\n-")
        #expect(parts[1].0 == MultipartParser.Part(name: "x", filename: nil))
        #expect(parts[1].1.isEmpty)
    }

    @Test("Names of files are read as browsers and libraries write them")
    func filenames() throws {
        for (text, expected) in [
            ("filename=\"naïve.wav\"", "naïve.wav"), ("filename*=UTF-8''na%C3%AFve.wav", "naïve.wav"),
            ("filename=\"C:\\sounds\\a.wav\"", "C:\\sounds\\a.wav"), ("filename=plain.wav", "plain.wav"), ("filename=\"\"", ""),
        ] {
            let parts = try parts(
                "--b\r\nContent-Disposition: form-data; name=audio; \(text)\r\n\r\nx\r\n--b--", piece: 1000)
            #expect(parts.first?.0.filename == expected)
        }
    }

    @Test(
        "A malformed body is an error, whatever its pieces",
        arguments: [
            "", "--b", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "--b\r\nContent-Type: a\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", "--bx\r\n\r\n\r\n--b--",
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", String(repeating: "x", count: 20_000),
            "--b\r\nContent-Disposition: form-data; name=" + String(repeating: "x", count: 20_000),
            String(repeating: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n", count: 65) + "--b--",
        ])
    func malformed(_ text: String) {
        for piece in [1, 100, 100_000] {
            #expect(throws: MultipartParser.Malformed.self) { try parts(text, piece: piece) }
        }
    }

    @Test("The boundary is read from the type")
    func boundaries() {
        #expect(MultipartParser.boundary(of: "multipart/form-data; boundary=abc") == "abc")
        #expect(MultipartParser.boundary(of: "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b")
        #expect(MultipartParser.boundary(of: "multipart/form-data") == nil)
        #expect(MultipartParser.boundary(of: "multipart/mixed; boundary=abc") == nil)
        #expect(MultipartParser.boundary(of: "multipart/form-data; boundary=\(String(repeating: "x", count: 71))") == nil)
    }
}
