import Foundation
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

struct WriterTests {
    private let options: FeatureOptions
    private let frames: Matrix

    init() throws {
        options = FeatureOptions(kinds: [.mfcc, .energy], deltas: 1)
        frames = try extract(samples: chirpInNoise(count: 3000), options: options)
    }

    @Test("CSV: names, times, and values that read back exactly")
    func csv() throws {
        let text = String(decoding: try FeatureWriter.data(frames, options, format: .csv), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == frames.rows + 2 && lines.last == "")
        #expect(lines[0].split(separator: ",").map(String.init) == ["time"] + options.columnNames)
        for frame in 0..<frames.rows {
            let fields = lines[frame + 1].split(separator: ",")
            #expect(Double(fields[0]) == Double(frame * 160) / 16000)
            #expect(fields.dropFirst().map { Float($0) } == frames.row(frame).map(Optional.some))
        }
    }

    @Test("ARFF: one attribute per column, then the data")
    func arff() throws {
        let text = String(decoding: try FeatureWriter.data(frames, options, format: .arff), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("@relation "))
        let attributes = lines.filter { $0.hasPrefix("@attribute ") }.map { $0.split(separator: " ").map(String.init) }
        #expect(attributes.map { $0[1] } == ["time"] + options.columnNames)
        #expect(attributes.allSatisfy { $0[2] == "numeric" && $0.count == 3 })
        let start = try #require(lines.firstIndex(of: "@data"))
        let rows = lines[(start + 1)...].map { $0.split(separator: ",").map { Float($0) } }
        #expect(rows.count == frames.rows)
        for (frame, row) in rows.enumerated() {
            #expect(row.dropFirst().elementsEqual(frames.row(frame).map(Optional.some)))
        }
    }

    @Test("NPY, byte by byte")
    func npy() throws {
        let bytes = [UInt8](try FeatureWriter.data(frames, options, format: .npy))
        #expect(bytes[..<8] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
        let length = Int(bytes[8]) + 256 * Int(bytes[9])
        #expect((10 + length) % 64 == 0 && bytes[9 + length] == 10)
        let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
        #expect(header.contains("'shape': (\(frames.rows), \(frames.columns))") && header.contains("'<f4'"))
        let numbers = stride(from: 10 + length, to: bytes.count, by: 4).map { at in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
        }
        #expect(numbers == frames.elements)
    }

    @Test("NPY as NumPy reads it", .enabled(if: NumPy.isAvailable, "needs python3 with numpy"))
    func numpy() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("features.npy").path
            try FeatureWriter.write(frames, options, to: file, format: .npy)
            let program = "import numpy,sys; a=numpy.load(sys.argv[1]); print(a.dtype, *a.shape, a.flags.c_contiguous, float(a[1,2]).hex())"
            let output = try NumPy.python(["-c", program, file]).split(separator: " ").map(String.init)
            #expect(output[...3] == ["float32", "\(frames.rows)", "\(frames.columns)", "True"])
            #expect(Double(output[4].trimmingCharacters(in: .newlines)) == Double(frames[1, 2]))
        }
    }

    /// The header and the values of an HTK file, big-endian.
    private func parseHTK(_ data: Data) -> (count: Int, period: Int, size: Int, kind: Int, numbers: [Float]) {
        let bytes = [UInt8](data)
        func number(_ at: Int, _ length: Int) -> Int { bytes[at..<at + length].reduce(0) { $0 << 8 | Int($1) } }
        let numbers = stride(from: 12, to: bytes.count, by: 4).map { Float(bitPattern: UInt32(number($0, 4))) }
        return (number(0, 4), number(4, 4), number(8, 2), number(10, 2), numbers)
    }

    @Test("HTK: header, and columns in HTK's order: c0 after the coefficients, energy last")
    func htk() throws {
        let file = parseHTK(try FeatureWriter.data(frames, options, format: .htk))
        #expect(file.count == frames.rows && file.period == 100_000 && file.size == 4 * frames.columns)
        #expect(file.kind == 6 | 0o20000 | 0o100 | 0o400)  // MFCC_0_E_D
        try #require(file.numbers.count == frames.elements.count)
        for frame in 0..<frames.rows {
            for block in 0..<2 {
                let written = file.numbers[(frame * 28 + block * 14)...].prefix(14)
                let row = frames.row(frame).dropFirst(block * 14).prefix(14)
                let base = row.startIndex
                #expect(written.elementsEqual(row[(base + 1)...(base + 12)] + [row[base], row[base + 13]]))
            }
        }
    }

    @Test(
        "HTK's kinds",
        arguments: [([FeatureKind.mfcc], 2, 0o21406), ([.fbank], 0, 0o7), ([.energy, .fbank], 1, 0o507), ([.energy], 2, 0o11)])
    func htkKinds(kinds: [FeatureKind], deltas: Int, expected: Int) throws {
        let options = FeatureOptions(kinds: kinds, deltas: deltas)
        let frames = try extract(samples: chirpInNoise(count: 1000), options: options)
        let file = parseHTK(try FeatureWriter.data(frames, options, format: .htk))
        #expect(file.kind == expected)
        #expect(file.numbers.sorted() == frames.elements.sorted())
        if kinds == [.energy, .fbank] {
            #expect(file.numbers[..<41].elementsEqual(frames.row(0)[1..<41] + [frames[0, 0]]))
        } else if kinds != [.mfcc] {
            #expect(file.numbers == frames.elements)
        }
    }

    @Test("more columns than HTK allows")
    func htkLimit() throws {
        var options = FeatureOptions(kinds: [.fbank], deltas: 0)
        options.sampleRate = 16_000
        options.filterbankBands = 8192
        let error = #expect(throws: FeatureError.self) { try FeatureWriter.data(Matrix(rows: 1, columns: 8192), options, format: .htk) }
        #expect(error?.description.contains("htk") == true)
    }

    @Test("files are replaced atomically, and a failure leaves nothing behind", arguments: FeatureFormat.allCases)
    func atomic(format: FeatureFormat) throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("features.\(format.rawValue)").path
            try Data("old".utf8).write(to: URL(fileURLWithPath: file))
            try FeatureWriter.write(frames, options, to: file, format: format)
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == FeatureWriter.data(frames, options, format: format))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["features.\(format.rawValue)"])

            let nowhere = folder.appendingPathComponent("missing/features").path
            let error = #expect(throws: FeatureError.self) { try FeatureWriter.write(frames, options, to: nowhere, format: format) }
            #expect(
                error?.description.hasPrefix("\(nowhere) cannot be written: No such file or directory.") == true,
                "\(String(describing: error))")

            let taken = folder.appendingPathComponent("taken")
            try FileManager.default.createDirectory(at: taken.appendingPathComponent("inside"), withIntermediateDirectories: true)
            #expect(throws: FeatureError.self) { try FeatureWriter.write(frames, options, to: taken.path, format: format) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["features.\(format.rawValue)", "taken"])
        }
    }

    @Test("only regular files are replaced; a link keeps pointing to its file")
    func links() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("file")
            let link = folder.appendingPathComponent("link")
            try Data("old".utf8).write(to: file)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            try FeatureWriter.write(frames, options, to: link.path, format: .npy)
            #expect(try Data(contentsOf: file) == FeatureWriter.data(frames, options, format: .npy))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
            #expect(throws: FeatureError.unwritable(file: "/dev/null", reason: "it is not a regular file")) {
                try FeatureWriter.write(frames, options, to: "/dev/null", format: .npy)
            }
        }
    }
}
