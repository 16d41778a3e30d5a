import CStimmungKernels
import Foundation
import StimmungEncoders
import StimmungTensors
import StimmungTestSupport
import Testing

struct WhisperEncoderTests {
    private let folder: TemporaryFolder
    private let tiny = TinyEncoder()

    init() throws { folder = try TemporaryFolder() }

    private struct Golden: Decodable {
        let rows: Int
        let squares, wave: Double
        let ends: [Double]

        func check(_ x: Matrix, _ name: String) {
            let largest = x.elements.map { Double(abs($0)) }.max() ?? 0
            let values = x.elements.map(Double.init)
            let found = Array(values.prefix(4) + values.suffix(4))
            #expect(x.rows == rows, "\(name)")
            for (a, b) in zip(found, ends) { #expect(abs(a - b) < 1e-5 * largest, "\(name): \(a) \(b)") }
            let squares = values.reduce(0) { $0 + $1 * $1 }
            #expect(abs(squares - self.squares) < 1e-5 * self.squares, "\(name): \(squares) \(self.squares)")
            let wave = values.enumerated().reduce(0) { $0 + $1.element * cos(Double($1.offset)) }
            #expect(abs(wave - self.wave) < 1e-5 * largest * Double(values.count).squareRoot(), "\(name): \(wave) \(self.wave)")
        }
    }

    @Test("the blocks of a small encoder equal NumPy's") func golden() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "reference/golden.json")
        let golden = try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: path))
        let frames = try tiny.encoder(in: folder).encode(tiny.samples)
        for (place, name) in ["stem", "block1", "block2"].enumerated() {
            let values = (0..<frames.rows).flatMap { frames.row($0)[(frames.row($0).startIndex + 128 * place)...].prefix(128) }
            try #require(golden[name]).check(Matrix(rows: frames.rows, columns: 128, elements: values), name)
        }
        try #require(golden["mel"]).check(LogMel(bands: 16)(WhisperEncoder.standardised(tiny.samples)), "mel")
    }

    /// Only the blocks that are asked for are computed, with the same bits.
    @Test func chosenBlocksAreThoseOfAll() throws {
        let all = try tiny.encoder(in: folder).encode(tiny.samples)
        let second = try tiny.encoder(blocks: [2], in: folder).encode(tiny.samples)
        let first = try tiny.encoder(blocks: [0, 1], in: folder).encode(tiny.samples)
        for row in 0..<all.rows {
            #expect(Array(all.row(row).suffix(128)) == Array(second.row(row)))
            #expect(Array(all.row(row).prefix(256)) == Array(first.row(row)))
        }
        #expect(throws: EncoderError.missingBlock(name: "tiny", block: 3, held: 2)) { try tiny.encoder(blocks: [3], in: folder) }
    }

    /// N samples give ⌈⌊N / 160⌋ / 2⌉ frames of finite values, whatever the samples.
    @Test(arguments: [0, 1, 2, 159, 160, 200, 201, 319, 320, 480, 5000]) func anyNumberOfSamples(count: Int) throws {
        let encoder = try tiny.encoder(in: folder)
        for samples in [Array(tiny.samples.prefix(count)), [Float](repeating: 0, count: count), [Float](repeating: 1e6, count: count)] {
            let frames = encoder.encode(samples)
            #expect(frames.rows == (count / 160 + 1) / 2 && frames.rows == encoder.frames(samples: count))
            #expect(frames.elements.allSatisfy { $0.isFinite })
        }
    }

    /// A window of the tiny encoder has 100 frames: 32,000 samples.
    @Test func longRecordingsAreEncodedInOverlappingWindows() throws {
        let encoder = try tiny.encoder(blocks: [2], in: folder)
        let samples = (0..<100_123).map { tiny.samples[$0 % 9700] * (1 + Float($0) / 50_000) }
        #expect(encoder.window == 32_000 && encoder.overlap == 8000)
        let whole = encoder.encodeAll(samples)
        #expect(whole.rows == encoder.frames(samples: samples.count))
        // Windows begin at 0, 24,000 …; the last one ends with the samples.
        let second = encoder.encode(Array(samples[24_000..<56_000]))
        #expect(whole.row(100) == second.row(25) && whole.row(88) == second.row(13) && whole.row(87) != second.row(12))
        let start = 72_000 - (32_000 - 28_123) / 320 * 320
        let last = encoder.encode(Array(samples[start...]))
        #expect(whole.row(whole.rows - 1) == last.row(last.rows - 1))
        #expect(whole.row(240) == last.row(240 - start / 320))
        for cut in [1, 77, 3200, 31_999, 32_000, 32_001] {
            var stream = EncoderStream(encoder)
            var frames = Matrix(rows: 0, columns: encoder.width)
            for first in stride(from: 0, to: samples.count, by: cut == 1 ? 9973 : cut) {
                frames.append(rows: stream.push(Array(samples[first..<min(first + (cut == 1 ? 9973 : cut), samples.count)])))
            }
            frames.append(rows: stream.finish())
            #expect(frames == whole, "cut \(cut)")
        }
        // A window and a sample more.
        for count in [32_000, 32_001, 32_320] {
            #expect(encoder.encodeAll(Array(samples.prefix(count))).rows == encoder.frames(samples: count))
        }
    }

    @Test func spoiltFilesAreRefused() throws {
        func code(_ change: (inout Safetensors) -> Void) throws -> String {
            var file = tiny.file
            change(&file)
            try file.write(path: folder.file("bad.safetensors"))
            do {
                _ = try WhisperWeights(contentsOf: folder.file("bad.safetensors"))
                return "none"
            } catch {
                #expect(error.description.contains("bad.safetensors"), "\(error)")
                return error.code
            }
        }
        func without(_ name: String) -> (inout Safetensors) -> Void {
            { file in file = Safetensors(metadata: file.metadata, tensors: file.tensors.filter { !$0.name.hasPrefix(name) }) }
        }
        #expect(try code { _ in } == "none")
        #expect(try code { $0.metadata["stimmung.encoder"] = nil } == "encoder.not-an-encoder")
        #expect(try code { $0.metadata["stimmung.encoder"] = "9" } == "encoder.other-version")
        for name in ["conv1.weight", "embed_positions", "layers"] { #expect(try code(without(name)) == "encoder.not-an-encoder") }
        for name in ["conv2.bias", "layers.1.fc2.bias", "layers.0.self_attn.k_proj"] { #expect(try code(without(name)) == "encoder.file") }
        let bias = [Float](repeating: .nan, count: 128)
        #expect(try code { $0.set(.init(name: "conv1.bias", shape: [128], values: bias)) } == "encoder.not-an-encoder")
        for shape in [[100, 16, 3], [0, 16, 3], [128, 0, 3]] {
            let values = [Float](repeating: 0, count: shape.reduce(1, *))
            #expect(try code { $0.set(.init(name: "conv1.weight", shape: shape, values: values)) } == "encoder.not-an-encoder")
        }
        #expect(try code { $0.set(.init(name: "conv2.bias", shape: [64], values: [Float](repeating: 0, count: 64))) } == "encoder.file")
        try Data("no encoder".utf8).write(to: URL(filePath: folder.file("bad.safetensors")))
        #expect(throws: EncoderError.notAnEncoder(file: folder.file("bad.safetensors"), reason: "it is not a safetensors file")) {
            try WhisperWeights(contentsOf: folder.file("bad.safetensors"))
        }
    }
}

/// The kernels against plain references.
struct EncoderKernelTests {
    @Test func geluIsExactToTheLastDigits() {
        let x = stride(from: Float(-12), through: 12, by: 0.0037).map { $0 }
        var y = x
        let bias = [Float](repeating: 0.25, count: x.count)
        withPointers(reading: bias, writing: &y) { bias, y in ck_gelu(1, x.count, bias, y) }
        for (a, b) in zip(x, y) {
            let value = Double(a) + 0.25
            #expect(abs(Double(b) - value / 2 * (1 + erf(value / 2.0.squareRoot()))) < 2e-7 * max(1, abs(value)))
        }
    }

    @Test func rowsAreNormalised() {
        let x = (0..<96).map { Float(($0 * 37) % 19) - 5 }
        let (weight, bias) = ((0..<32).map { Float($0) / 8 }, (0..<32).map { Float($0) - 3 })
        var y = [Float](repeating: 0, count: 96)
        withPointers(reading: x, writing: &y) { x, y in ck_layer_norm(3, 32, weight, bias, x, y) }
        for row in 0..<3 {
            let values = x[row * 32..<row * 32 + 32].map(Double.init)
            let mean = values.reduce(0, +) / 32
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 32 + 1e-5).squareRoot()
            for column in 0..<32 {
                let expected = (values[column] - mean) / deviation * Double(weight[column]) + Double(bias[column])
                #expect(abs(Double(y[row * 32 + column]) - expected) < 1e-5)
            }
        }
    }

    private func random(_ count: Int, scale: Float = 1) -> [Float] {
        var source = RandomSource(seed: 3)
        return (0..<count).map { _ in scale * source.normal() }
    }

    @Test(arguments: [1, 15, 16, 17, 150]) func softmaxRowsSumToOneAndPaddingIsZero(columns: Int) {
        let (rows, stride) = (3, (columns + 15) / 16 * 16)
        let x = random(rows * stride, scale: 30)
        var y = x
        ck_softmax_rows(rows, columns, stride, &y)
        for row in 0..<rows {
            let values = x[row * stride..<row * stride + columns].map(Double.init)
            let largest = values.max() ?? 0
            let sum = values.reduce(0) { $0 + exp($1 - largest) }
            for column in 0..<stride {
                let expected = column < columns ? exp(values[column] - largest) / sum : 0
                #expect(abs(Double(y[row * stride + column]) - expected) < 1e-6)
            }
        }
    }
}

/// The real weights, where they are installed.
struct InstalledEncoderTests {
    private static let file = InstalledWhisper.file
    private static let python = Python(importing: "numpy")

    @Test(
        "the blocks of the installed encoder equal NumPy's",
        .enabled(if: file != nil && python != nil, "needs an installed encoder (stimmung encoder install) and numpy: set STIMMUNG_PYTHON"))
    func reference() throws {
        let (path, python) = (try #require(Self.file), try #require(Self.python))
        let weights = try WhisperWeights(contentsOf: path)
        let encoder = try WhisperEncoder(weights, blocks: [0, 1, 2])
        let folder = try TemporaryFolder()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "reference/whisper.py").path
        // Tones that glide and pulse, and noise; 0.3 to 8 s.
        for number in 0..<20 {
            let count = number == 19 ? 128_000 : 4800 + number * number * 320 + number * 37
            var random = RandomSource(seed: UInt64(number))
            let samples = (0..<count).map { index in
                let time = Double(index) / 16_000
                let tone = sin(2 * .pi * (100 + 20 * Double(number)) * time * (1 + 0.2 * time)) * (0.6 + 0.4 * sin(9 * time))
                return Float(0.3 * tone + 0.01 * Double(number) * (Double(random.uniform()) - 0.5))
            }
            try samples.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("x.f32")))
            try python.run([script, path, folder.file("x.f32"), folder.file("y.f32")])
            let expected = try Data(contentsOf: URL(filePath: folder.file("y.f32"))).withUnsafeBytes {
                Array($0.bindMemory(to: Float.self))
            }
            let mel = LogMel(bands: weights.bands)(WhisperEncoder.standardised(samples))
            let frames = encoder.encode(samples)
            #expect(expected.count == mel.elements.count + frames.elements.count)
            for (a, b) in zip(mel.elements, expected) { #expect(abs(a - b) < 1e-4, "mel of \(number)") }
            for block in 0..<3 {
                let start = mel.elements.count + block * frames.rows * weights.width
                let rows = Array(expected[start..<start + frames.rows * weights.width])
                let largest: Float = rows.reduce(0) { max($0, abs($1)) }
                let found: [Float] = (0..<frames.rows).flatMap { frames.row($0).dropFirst(block * weights.width).prefix(weights.width) }
                let error: Float = zip(found, rows).reduce(0) { max($0, abs($1.0 - $1.1)) }
                #expect(error < 1e-3 * largest, "block \(block) of \(number): \(error) of \(largest)")
            }
        }
    }
}
