import StimmungEncoders
import StimmungSupport
import StimmungTensors

/// What an encoder file says about itself, without its weights.
package struct InstalledEncoder: Sendable, Equatable, Encodable {
    package let name: String
    package let path: String
    /// Size of the encoder file in bytes.
    package let size: Int
    package let blocks: Int
    package let width: Int
    package let source: String
    package let licence: String
    /// SHA-256 of the encoder file.
    package let checksum: String

    enum CodingKeys: String, CodingKey {
        case name, path, size, blocks, width, source, licence
        case checksum = "sha256"
    }

    /// - Throws: `EncoderInstallationError` if it is not installed, or its file is not an encoder.
    package init(_ name: String, in store: EncoderStore) throws(EncoderInstallationError) {
        guard store.isInstalled(name) else { throw store.notInstalled(name) }
        let path = store.path(of: name)
        let file: SafetensorsFile
        do throws(SafetensorsError) { file = try SafetensorsFile(path: path) } catch { throw .safetensors(error) }
        guard file.metadata[WhisperWeights.formatKey] != nil, let width = file.shape("conv1.bias")?.first else {
            throw .weights(file: path, reason: "it is not an encoder file")
        }
        guard let checksum = SHA256.hex(ofFile: path) else { throw .unreadable(file: path, reason: "it changed while being read") }
        self.name = name
        self.path = path
        size = file.size
        blocks = (0..<1000).first { file.shape("layers.\($0).fc1.weight") == nil } ?? 1000
        self.width = width
        source = file.metadata["source"] ?? ""
        licence = file.metadata["licence"] ?? ""
        self.checksum = checksum
    }
}

extension EncoderStore {
    /// Removes an encoder and its licence.
    ///
    /// - Throws: `EncoderInstallationError` if it is not installed or cannot be removed.
    package func remove(_ name: String) throws(EncoderInstallationError) {
        guard isInstalled(name) else { throw notInstalled(name) }
        guard Files.remove(path(of: name)) else { throw .notRemovable(file: path(of: name), reason: systemWords()) }
        Files.remove(licencePath(of: name))
    }

    fileprivate func notInstalled(_ name: String) -> EncoderInstallationError {
        .notInstalled(name: name, file: Self.isName(name) ? path(of: name) : nil, installed: names)
    }
}
