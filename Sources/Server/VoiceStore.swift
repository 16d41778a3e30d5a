import Foundation
import Stimmung
import StimmungSupport
import Synchronization

/// The enrolled voices, by name: in memory, and in a folder if there is one, as `NAME.voice`.
final class VoiceStore: Sendable {
    private let folder: String?
    private let limit: Int
    private let voices: Mutex<[String: Voice]>
    /// Held while a file is written or removed, so that memory and folder agree.
    private let writing = Mutex<Void>(())

    /// Reads the voices of the folder, which is created if it is missing.
    ///
    /// - Parameters:
    ///   - folder: nil keeps voices in memory only.
    ///   - limit: largest number of voices.
    ///   - warn: called for each file that is not used, with the reason, which does not name it: names of voices may be those of people.
    /// - Throws: `ServerError.badVoices` if the folder cannot be read or written.
    init(folder: String?, limit: Int, warn: (String) -> Void) throws(ServerError) {
        self.folder = folder
        self.limit = limit
        var found: [String: Voice] = [:]
        if let folder {
            let names: [String]
            do {
                try Files.makeFolder(folder)
                names = try FileManager.default.contentsOfDirectory(atPath: folder)
            } catch { throw .badVoices(folder: folder, reason: "\(error)") }
            guard access(folder, R_OK | W_OK | X_OK) == 0 else { throw .badVoices(folder: folder, reason: "it is not writable") }
            for name in names.sorted() {
                // Left by a process that was killed while it wrote.
                if name.hasPrefix(AtomicFile.temporaryPrefix) { Files.remove(joined(folder, name)) }
                guard name.hasSuffix(Self.ending) else { continue }
                let title = String(name.dropLast(Self.ending.count))
                guard Self.isName(title) else {
                    warn("its name is not that of a voice")
                    continue
                }
                do { found[title] = try Voice(contentsOf: joined(folder, name)) } catch { warn(logged(error)) }
            }
        }
        voices = Mutex(found)
    }

    private static let ending = ".voice"

    /// Whether the text can name a voice: 1 to 64 of `A–Z a–z 0–9 . _ -`, and no dot at the beginning.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.first != "."
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-".unicodeScalars.contains($0))
            }
    }

    subscript(_ name: String) -> Voice? { voices.withLock { $0[name] } }

    /// All voices in the order of their names.
    var all: [(name: String, voice: Voice)] { voices.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.0 < $1.0 } }

    /// Keeps a voice, in place of one of the same name. Returns false if there are too many.
    ///
    /// - Throws: `VoiceError.file` if it cannot be written; the store is then unchanged.
    func set(_ name: String, _ voice: Voice) throws -> Bool {
        try writing.withLock { _ in
            guard voices.withLock({ $0[name] != nil || $0.count < limit }) else { return false }
            if let folder { try voice.write(path: joined(folder, name + Self.ending)) }
            voices.withLock { $0[name] = voice }
            return true
        }
    }

    /// Forgets a voice. Returns false if there is none of this name.
    ///
    /// - Throws: `ServerError.badVoices` if its file cannot be removed.
    func remove(_ name: String) throws -> Bool {
        try writing.withLock { _ in
            guard voices.withLock({ $0[name] != nil }) else { return false }
            if let folder {
                let path = joined(folder, name + Self.ending)
                guard unlink(path) == 0 || errno == ENOENT else {
                    throw ServerError.badVoices(folder: folder, reason: "a voice cannot be removed (\(String(cString: strerror(errno))))")
                }
            }
            voices.withLock { $0[name] = nil }
            return true
        }
    }
}
