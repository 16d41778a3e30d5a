import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungTestSupport

extension TemporaryFolder {
    /// Writes a tenth of a second of a tone as a WAV file, with its folders.
    @discardableResult
    func audio(_ name: String) throws -> String {
        let file = try make(name)
        try AudioFile.writeWAV((0..<800).map { sin(Float($0) / 5) / 4 }, sampleRate: 8000, to: file)
        return file
    }

    @discardableResult
    func text(_ name: String, _ content: String) throws -> String {
        try bytes(name, Array(content.utf8))
    }

    @discardableResult
    func bytes(_ name: String, _ content: [UInt8]) throws -> String {
        let file = try make(name)
        try Data(content).write(to: URL(fileURLWithPath: file))
        return file
    }

    private func make(_ name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        return file
    }
}

/// A corpus without files: so many utterances of each emotion by each speaker.
func corpus(
    name: String = "made", kind: KnownCorpus? = nil, speakers: [String], emotions: [String], each: (String, String) -> Int
) -> Corpus {
    let utterances = speakers.enumerated().flatMap { number, speaker in
        emotions.flatMap { emotion in
            (0..<each(speaker, emotion)).map {
                Utterance(
                    file: "\(name)-\(speaker)-\(emotion)-\($0).wav", speaker: speaker, gender: number % 2 == 0 ? .female : .male,
                    emotion: emotion)
            }
        }
    }
    return Corpus(name: name, root: name, kind: kind, utterances: utterances)
}

/// Where the corpora for development lie; nil where they do not.
func developmentCorpus(_ name: String) -> String? {
    guard let root = ProcessInfo.processInfo.environment["STIMMUNG_DATA"] else { return nil }
    let path = root + "/" + name
    return FileManager.default.fileExists(atPath: path) ? path : nil
}

let espeakIsInstalled = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: $0 + "/espeak-ng") }
