import Foundation
import StimmungTensors
import StimmungTestSupport
import Testing

struct SafetensorsFileTests {
    private static let example = Safetensors(
        metadata: ["kind": "test"],
        tensors: [.init(name: "w", shape: [50, 40], values: (0..<2000).map { Float($0) / 7 }), .init(name: "b", shape: [1], values: [-1])])

    @Test func readingUndoesWriting() throws {
        try withTemporaryFolder { url in
            let folder = url.path
            let path = folder + "/a b ü.safetensors"
            try Safetensors().write(path: path)
            try Self.example.write(path: path)
            #expect(try Safetensors(path: path) == Self.example)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Self.example.encoded())
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        }
    }

    @Test func writingThroughALinkKeepsTheLink() throws {
        try withTemporaryFolder { url in
            let folder = url.path
            try Safetensors().write(path: folder + "/file")
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "file")
            try Self.example.write(path: folder + "/link")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "file")
            #expect(try Safetensors(path: folder + "/file") == Self.example)
            #expect(try Safetensors(path: folder + "/link") == Self.example)
        }
    }

    @Test func pathsThatCannotBeReadAreNamed() throws {
        try withTemporaryFolder { url in
            let folder = url.path
            for (path, words) in [(folder + "/none", "no such file"), (folder, "a folder"), ("/dev/zero", "not a regular file")] {
                let error = try #require(throws: SafetensorsError.self) { try Safetensors(path: path) }
                #expect("\(error)".contains(path) && "\(error)".contains(words))
            }
        }
    }

    @Test func truncatedFilesAreNamed() throws {
        try withTemporaryFolder { url in
            let folder = url.path
            let path = folder + "/cut.safetensors"
            for count in [0, 7, 8, 60, 4000] {
                try Self.example.encoded().prefix(count).write(to: URL(fileURLWithPath: path))
                let error = try #require(throws: SafetensorsError.self) { try Safetensors(path: path) }
                #expect("\(error)".contains(path))
            }
        }
    }

    /// A sparse file of one terabyte is rejected before its data are read.
    @Test func sparseFilesTakeNoMemory() throws {
        try withTemporaryFolder { url in
            let folder = url.path
            let path = folder + "/sparse.safetensors"
            try Safetensors().encoded().write(to: URL(fileURLWithPath: path))
            guard truncate(path, 1 << 40) == 0 else { return }  // Not every file system supports such a file.
            let error = try #require(throws: SafetensorsError.self) { try Safetensors(path: path) }
            #expect("\(error)".contains("take 0"))
        }
    }

    @Test func pathsThatCannotBeWrittenAreNamed() throws {
        try withTemporaryFolder { url in
            let folder = url.path
            for path in [folder, folder + "/none/x.safetensors", "/dev/full"] {
                let error = try #require(throws: SafetensorsError.self) { try Self.example.write(path: path) }
                #expect("\(error)".hasPrefix("\(path) cannot be written"))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    /// In a process with a file size limit of 4 kB, `write` fails as on a full disk.
    @Test func aFullDiskLeavesTheOldFile() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { url in
                let folder = url.path
                let path = folder + "/model.safetensors"
                let old = Safetensors(metadata: ["kind": "old"])
                try old.write(path: path)
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
                #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let error = try #require(throws: SafetensorsError.self) { try SafetensorsFileTests.example.write(path: path) }
                #expect(error == .unwritable(file: path, reason: String(cString: strerror(EFBIG))))
                #expect(try Safetensors(path: path) == old)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
            }
        }
    }
}

/// The official Python library and this package read each other's files.
struct SafetensorsPythonTests {
    static let interpreter = Python(importing: "numpy, safetensors.numpy")

    @Test(.enabled(if: interpreter != nil, "needs a Python with safetensors and numpy: set STIMMUNG_PYTHON"))
    func bothLibrariesReadEachOther() throws {
        let python = try #require(Self.interpreter)
        try withTemporaryFolder { url in
            let folder = url.path
            let ours = Safetensors(
                metadata: ["text": "\"quoted\" \\ ü 😀\n"],
                tensors: [
                    .init(name: "matrix", shape: [2, 3], values: [1, 2, 3, -4, 0.1, .leastNonzeroMagnitude]),
                    .init(name: "scalar", shape: [], values: [7]),
                    .init(name: "none", shape: [0, 2], values: []), .init(name: "infinite", shape: [1], values: [.infinity]),
                ])
            try ours.write(path: folder + "/ours")
            let program = """
                import sys, numpy as np
                from safetensors import safe_open
                from safetensors.numpy import save_file
                with safe_open(sys.argv[1], framework="np") as f:
                    assert f.metadata() == {"text": '"quoted" \\\\ ü 😀\\n'}, f.metadata()
                    t = {name: f.get_tensor(name) for name in f.keys()}
                assert set(t) == {"matrix", "scalar", "none", "infinite"}, t
                assert t["matrix"].dtype == np.float32 and t["none"].shape == (0, 2) and t["scalar"].shape == ()
                assert (t["matrix"] == np.array([[1, 2, 3], [-4, 0.1, 2 ** -149]], np.float32)).all() and t["infinite"][0] == np.inf
                save_file(t, sys.argv[2], metadata={"text": '"quoted" \\\\ ü 😀\\n'})
                save_file({"t": np.zeros(3)}, sys.argv[3])
                """
            try python.run(["-c", program, folder + "/ours", folder + "/theirs", folder + "/doubles"])
            let theirs = try Safetensors(path: folder + "/theirs")
            #expect(theirs.metadata == ours.metadata)
            #expect(theirs.tensors.sorted { $0.name < $1.name } == ours.tensors.sorted { $0.name < $1.name })
            #expect(throws: SafetensorsError.unsupportedType(file: folder + "/doubles", tensor: "t", type: "F64")) {
                try Safetensors(path: folder + "/doubles")
            }
        }
    }
}
