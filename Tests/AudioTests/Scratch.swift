import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// A folder of one's own, removed with the last reference.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("stimmung-audio-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// The first part of a file as a file of its own.
    func cut(_ name: String, to part: Double, as newName: String) throws -> String {
        let whole = try bytes(name)
        return try write(Array(whole.prefix(Int(Double(whole.count) * part))), to: newName)
    }

    /// A shell script that passes for ffmpeg, in a folder of its own; the folder.
    ///
    /// Another process writes it: were it open for writing here while another test starts a child, it could not be run ("text file busy").
    func fakeProgram(_ script: String) throws -> String {
        let bin = path("bin-\(UUID().uuidString)")
        try run(
            "/bin/sh",
            ["-c", "mkdir -p \"$1\" && printf '%s' \"$2\" > \"$1/ffmpeg\" && chmod 755 \"$1/ffmpeg\"", "sh", bin, "#!/bin/sh\n\(script)\n"])
        return bin
    }

    /// Encodes a signal with the real ffmpeg into a file of this folder.
    @discardableResult
    func encode(_ signal: Signal, _ options: [String], to name: String) throws -> String {
        let raw = path("\(UUID().uuidString).f32")
        try Data(signal.interleaved.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }).write(
            to: URL(fileURLWithPath: raw))
        defer { unlink(raw) }
        try ffmpeg(["-f", "f32le", "-ar", "\(signal.sampleRate)", "-ac", "\(signal.channels.count)", "-i", raw] + options + [path(name)])
        return path(name)
    }

    func ffmpeg(_ arguments: [String]) throws {
        let program = try #require(FFmpeg().executable)
        try run(program, ["-nostdin", "-v", "error", "-y"] + arguments)
    }

    func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments)")
    }
}

/// Whether the tests that need the real ffmpeg can run.
let ffmpegIsThere = FFmpeg().executable != nil
let needsFFmpeg = Comment("ffmpeg is not installed (apt-get install ffmpeg)")

/// Collects what several threads find.
final class Results<Element: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var elements: [Element] = []

    func add(_ element: Element) {
        lock.withLock { elements.append(element) }
    }

    var all: [Element] { lock.withLock { elements } }
}
