import Foundation
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import Testing

/// A server of one folder that knows ranges, unless its first argument says otherwise, and writes a line per request. It prints its port.
private let server = """
    import http.server, os, sys
    folder, ranges, log = sys.argv[1], sys.argv[2] == 'ranges', sys.argv[3]
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.headers.get('Range')
            open(log, 'a').write(f'{self.path} {asked}\\n')
            if self.path == '/elsewhere':
                self.send_response(302); self.send_header('Location', 'file:///etc/passwd'); self.end_headers(); return
            path = folder + self.path
            if not os.path.exists(path): self.send_error(404); return
            data = open(path, 'rb').read()
            start = int(asked.split('=')[1].split('-')[0]) if asked and ranges else 0
            if asked and ranges and start >= len(data): self.send_error(416); return
            self.send_response(206 if asked and ranges else 200)
            if asked and ranges: self.send_header('Content-Range', f'bytes {start}-{len(data) - 1}/{len(data)}')
            self.send_header('Content-Length', str(len(data) - start)); self.end_headers(); self.wfile.write(data[start:])
        def log_message(self, *words): pass
    s = http.server.HTTPServer(('127.0.0.1', 0), Handler)
    print(s.server_port, flush=True)
    s.serve_forever()
    """

@Suite(.enabled(if: isInstalled("curl") && isInstalled("python3"), "curl or python3 is not installed"))
struct CorpusFetchTests {
    private let folder: TemporaryFolder
    private let recordings = ["a": [UInt8](repeating: 1, count: 3000), "b": [2, 3], "c": [4]]

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("web"), withIntermediateDirectories: true)
    }

    private func published(_ address: String = "http://127.0.0.1:1/x.zip") -> CorpusFetch.Published {
        let checksums = recordings.mapValues { bytes in
            var hash = SHA256()
            hash.update(bytes)
            return SHA256.hex(hash.finish())
        }
        return CorpusFetch.Published(title: "Made", address: address, kilobytes: 10, checksums: checksums, audioFolder: "wav")
    }

    private func archive(_ change: ([ZIPFixture.Entry]) -> [ZIPFixture.Entry] = { $0 }) -> [UInt8] {
        let entries = recordings.sorted { $0.key < $1.key }.map { ZIPFixture.Entry(name: "any/\($0.key).wav", content: $0.value) }
        return ZIPFixture(change(entries + [ZIPFixture.Entry(name: "readme.txt", content: [1])])).bytes
    }

    private func fetch(_ source: String) throws -> [Int] {
        var fetch = CorpusFetch(published(), into: folder.file("made"))
        fetch.source = source
        let result = try fetch.run()
        return [result.new, result.kept]
    }

    /// Runs `body` with the address of a server of the folder `web`; the requests are in the file `log`.
    private func serving(ranges: Bool = true, _ body: (String) throws -> Void) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", server, folder.file("web"), ranges ? "ranges" : "none", folder.file("log")]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        defer {
            // The threads of tests block SIGTERM, and the server inherits that.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let port = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        try body("http://127.0.0.1:\(port)")
    }

    private func expectWhole(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for (name, content) in recordings {
            #expect(try [UInt8](folder.bytes("made/wav/\(name).wav")) == content, sourceLocation: sourceLocation)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("made"))
        #expect(names == ["wav"], "no part of the download is left", sourceLocation: sourceLocation)
        #expect(!folder.exists("made/wav/readme.txt"), sourceLocation: sourceLocation)
    }

    @Test func aDownloadIsCheckedAndKept() throws {
        try folder.write("web/x.zip", archive())
        try serving { address in
            #expect(try fetch(address + "/x.zip") == [3, 0])
            try expectWhole()
            #expect(try fetch(address + "/x.zip") == [0, 3])
            #expect(try folder.text("log") == "/x.zip None\n", "what is there is not fetched again")
            try FileManager.default.removeItem(atPath: folder.file("made/wav/b.wav"))
            #expect(try fetch(address + "/x.zip") == [1, 2])
            try expectWhole()
        }
    }

    @Test(arguments: [true, false]) func aDownloadResumes(ranges: Bool) throws {
        let bytes = archive()
        try folder.write("web/x.zip", bytes)
        try folder.write("made/.Made.zip.part", bytes.prefix(1000))
        try serving(ranges: ranges) { address in
            #expect(try fetch(address + "/x.zip")[0] == 3)
            try expectWhole()
            #expect(try folder.text("log").hasPrefix("/x.zip bytes=1000-\n"))
        }
    }

    /// A part of another file, as long as the whole one or longer.
    @Test func aForeignPartIsReplaced() throws {
        try folder.write("web/x.zip", archive())
        try folder.write("made/.Made.zip.part", [UInt8](repeating: 7, count: 100_000))
        try serving { address in
            #expect(try fetch(address + "/x.zip")[0] == 3)
            try expectWhole()
        }
    }

    @Test func failedDownloads() throws {
        try serving { address in
            for name in ["/none.zip", "/elsewhere"] {
                let error = try #require(throws: CorpusFetchError.self) { try fetch(address + name) }
                #expect(error.code == "fetch.download-failed" && error.description.contains(address), "\(error)")
            }
            try folder.write("web/x.zip", "an error page in the place of an archive")
            let error = try #require(throws: CorpusFetchError.self) { try fetch(address + "/x.zip") }
            #expect(
                error.code == "fetch.archive" && error.description.contains("no ZIP directory") && !folder.exists("made/.Made.zip.part"))
        }
        for address in ["file:///etc/passwd", "scp://host/x"] {
            #expect(try #require(throws: CorpusFetchError.self) { try fetch(address) }.code == "fetch.download-failed")
        }
    }

    @Test func recordingsThatAreNotAsPublishedAreNotWritten() throws {
        let path = try folder.write(
            "x.zip",
            archive { entries in
                var changed = entries.filter { !$0.name.hasSuffix("c.wav") }
                changed[1].content = [9]
                return changed
            })
        let error = try #require(throws: CorpusFetchError.self) { try fetch(path) }
        #expect(error == .wrongRecordings(file: path, missing: ["c"], different: ["b"]))
        #expect(folder.exists("made/wav/a.wav") && !folder.exists("made/wav/b.wav"))
        // The right one resumes.
        #expect(try fetch(folder.write("y.zip", archive())) == [2, 1])
        try expectWhole()
    }

    @Test func filesOfOthersAreNotOverwritten() throws {
        try folder.write("made/wav/a.wav", [5])
        let error = try #require(throws: CorpusFetchError.self) { try fetch(folder.write("x.zip", archive())) }
        #expect(error.code == "fetch.occupied")
        #expect(try [UInt8](folder.bytes("made/wav/a.wav")) == [5])
    }

    @Test func hostileArchivesAreRefused() throws {
        func refused(_ words: String, _ entry: (inout ZIPFixture.Entry) -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws {
            var made = ZIPFixture.Entry(name: "any/a.wav", content: [1])
            entry(&made)
            let path = try folder.write("x.zip", archive { $0.filter { $0.name != "any/a.wav" } + [made] })
            let error = try #require(throws: CorpusFetchError.self, sourceLocation: sourceLocation) { try fetch(path) }
            #expect(error.code == "fetch.archive" && error.description.contains(words), "\(error)", sourceLocation: sourceLocation)
            let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.file("made/wav"))) ?? []
            #expect(left.isEmpty, "\(left)", sourceLocation: sourceLocation)
        }
        try refused("not a path inside the archive") { $0.name = "/tmp/a.wav" }
        try refused("not a path inside the archive") { $0.name = "../a.wav" }
        try refused("symbolic link") { $0.mode = 0o120777 }
        try refused("twice") { $0.name = "ANY/B.wav" }
        try refused("the maximum is 1073741824") {
            $0.claimedSize = 0x7FFF_FFFF; $0.method = 8
        }
        try refused("the maximum is 67108864") {
            $0.claimedSize = 100 << 20; $0.method = 8
        }
        #expect(throws: CorpusFetchError.self) { try fetch(folder.file("none.zip")) }
    }
}
