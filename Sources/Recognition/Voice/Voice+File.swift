import Foundation
import StimmungSupport
import StimmungTensors

/// The voice file is a safetensors file with one array, `mean`, of a value per feature. Its metadata are `stimmung.voice` (the format's version),
/// `recipe`, `features` (JSON), `stretches`, `seconds` and, if known, `variety`.
extension Voice {
    /// The format version of voice files.
    package static let format = "1"

    /// Reads a voice file and validates every value.
    public init(contentsOf path: String) throws(VoiceError) {
        let file: Safetensors
        do { file = try Safetensors(path: path) } catch {
            if case .malformed = error, !Safetensors.isLikely(path) { throw .notAVoice(file: path, reason: "it is not a safetensors file") }
            throw .file(error)
        }
        guard let format = file.metadata["stimmung.voice"] else {
            let isModel = file.metadata["stimmung.format"] != nil
            throw .notAVoice(file: path, reason: isModel ? "it is a model" : "it has no metadata entry stimmung.voice")
        }
        guard format == Voice.format else { throw .otherVersion(file: path, found: format) }
        func metadata(_ key: String) throws(VoiceError) -> String {
            do { return try file.metadata(key, file: path) } catch { throw .file(error) }
        }
        func number(_ key: String, _ text: String) throws(VoiceError) -> Double {
            guard let value = Double(text), value.isFinite, value >= 0, value < 1e12 else {
                throw .notAVoice(file: path, reason: "its \(key) \(text.prefix(40)) is not a number from 0 on")
            }
            return value
        }
        let stretches = try number("stretches", metadata("stretches"))
        guard stretches >= 1, stretches == stretches.rounded() else {
            throw .notAVoice(file: path, reason: "its stretches are \(stretches), not a count")
        }
        guard let tensor = file["mean"] else { throw .file(.missingTensor(file: path, tensor: "mean")) }
        guard tensor.shape.count == 1, areFinite(tensor.values) else {
            throw .notAVoice(file: path, reason: "the array mean is not a row of finite numbers")
        }
        self.init(
            speech: SpeechMean(
                recipe: try metadata("recipe"), features: try metadata("features"), mean: tensor.values, stretches: Int(stretches),
                seconds: try number("seconds", metadata("seconds")),
                variety: try file.metadata["variety"].map { (text) throws(VoiceError) in try number("variety", text) }))
    }

    /// Reads a voice file and validates every value.
    public init(contentsOf file: URL) throws(VoiceError) { try self.init(contentsOf: file.path(percentEncoded: false)) }

    /// Writes the voice file atomically. The same voice gives the same bytes.
    public func write(path: String) throws(VoiceError) {
        var file = Safetensors(metadata: [
            "stimmung.voice": Voice.format, "recipe": recipe, "features": speech.features, "stretches": "\(stretches)",
            "seconds": "\(seconds)",
        ])
        if let variety { file.metadata["variety"] = "\(variety)" }
        file.set(Safetensors.Tensor(name: "mean", shape: [speech.mean.count], values: speech.mean))
        do { try file.write(path: path) } catch { throw .file(error) }
    }
}
