import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

extension TemporaryFolder {
    /// The first part of a file as a file of its own.
    func cut(_ name: String, to part: Double, as newName: String) throws -> String {
        let whole = try bytes(name)
        return try write(newName, whole.prefix(Int(Double(whole.count) * part)))
    }

    /// Encodes a signal with the real ffmpeg into a file of this folder.
    @discardableResult
    func encode(_ signal: Signal, _ options: [String], to name: String) throws -> String {
        let raw = try write(
            "\(UUID().uuidString).f32", signal.interleaved.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
        defer { unlink(raw) }
        try ffmpeg(["-f", "f32le", "-ar", "\(signal.sampleRate)", "-ac", "\(signal.channels.count)", "-i", raw] + options + [file(name)])
        return file(name)
    }

    func ffmpeg(_ arguments: [String]) throws {
        try runProgram(#require(FFmpeg().executable), ["-nostdin", "-v", "error", "-y"] + arguments)
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
