import Foundation
import Stimmung

/// Recognises speech from a microphone while it arrives: mono samples of 16 bits and 16 kHz on standard input.
///
///     arecord -q -t raw -f S16_LE -r 16000 | swift run -c release live
@main
struct Live {
    static func main() {
        do {
            let session = try Recogniser(Model.builtIn()).session(sampleRate: 16_000)
            var bytes = Data()
            while case let chunk = FileHandle.standardInput.availableData, !chunk.isEmpty {
                bytes += chunk
                let samples = bytes.withUnsafeBytes { Array($0.prefix($0.count & ~1).bindMemory(to: Int16.self)) }
                // A chunk may end within a sample.
                bytes = Data(bytes.suffix(bytes.count % 2))
                for event in try session.push(samples.map { Float(Int16(littleEndian: $0)) / 32_768 }) { show(event) }
            }
            for event in try session.finish() { show(event) }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    static func show(_ event: SessionEvent) {
        switch event {
        case .posterior(let now): write(String(format: "\r%6.1f s  %@ %.0f %%      ", now.time, now.label, 100 * now.confidence))
        case .segment(let part): write(String(format: "\r%6.1f s  %@, from %.1f s\n", part.end, part.label ?? "–", part.start))
        case .speechStarted, .speechEnded, .finished: break
        }
    }

    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
